// The one place that calls simdjson for whole documents.
#include "normalizers/structure.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>

namespace rollcall::normalizers {
namespace {

static_assert(text_padding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t smallest_capacity = 16 * 1024;

/// The second stage, which would keep a stack that deep, is never run.
constexpr std::size_t depth = 1;

}  // namespace

structure::structure() = default;
structure::~structure() = default;
structure::structure(structure&&) noexcept = default;
structure& structure::operator=(structure&&) noexcept = default;

std::optional<std::string_view> structure::find(std::string_view text) {
    if (stages_ == nullptr || stages_->capacity() < text.size()) {
        const std::size_t capacity = std::bit_ceil(std::max(text.size(), smallest_capacity));
        const auto error =
            simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, depth, stages_);
        if (error) return simdjson::error_message(error);
    }
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    if (text.empty()) return simdjson::error_message(simdjson::EMPTY);
    const auto error = stages_->stage1(bytes, text.size(), simdjson::stage1_mode::regular);
    if (error) return simdjson::error_message(error);
    return std::nullopt;
}

const std::uint32_t* structure::tokens() const {
    return stages_->structural_indexes.get();
}

std::size_t structure::size() const {
    return stages_->n_structural_indexes;
}

std::size_t structure::memory() const {
    return stages_ == nullptr ? 0 : stages_->capacity() * sizeof(std::uint32_t);
}

}  // namespace rollcall::normalizers
