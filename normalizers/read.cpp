// Reading a provider's answer: the walk, and what the document says besides its items.
#include "normalizers/read.hpp"

#include "normalizers/scalar.hpp"
#include "normalizers/walker.hpp"
#include "normalizers/write.hpp"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace rollcall::normalizers {
namespace {

constexpr std::size_t longest_message = 256;

/// RFC 8259, section 8.1: no one may write it, and a reader may overlook it.
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

failure invalid(std::string detail) {
    return {fault::invalid_response, std::move(detail)};
}

/// A counting number; empty where the slot holds none.
std::optional<std::uint64_t> count_in(const slots& slots, const std::optional<slot_index>& index) {
    if (!index || slots[*index].kind != token::number) return std::nullopt;
    const std::string_view raw = slots[*index].raw;
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    if (error != std::errc{} || end != raw.data() + raw.size()) return std::nullopt;
    return value;
}

std::optional<bool> flag_in(const slots& slots, const std::optional<slot_index>& index) {
    if (!index || slots[*index].kind != token::boolean) return std::nullopt;
    return slots[*index].raw == "true";
}

/// What a text or number slot says; empty where it is neither.
std::string said_in(const slot& slot) {
    std::string said;
    if (slot.kind == token::text) append_unescaped(said, slot.inside());
    if (slot.kind == token::number) said = slot.raw;
    return said;
}

/// Drops what is behind the first `characters` characters of `text`, which is UTF-8.
void cut(std::string& text, std::size_t characters) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool continues = (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
        if (!continues && characters-- == 0) return text.resize(at);
    }
}

}  // namespace

class reader::implementation {
  public:
    result<page> read_list(const list_plan& plan, std::string body) {
        page page = begin(std::move(body), plan.item);
        const target root{&plan.document, 0, &slots_, nullptr, 0};
        walker walker{parser_, lists_};
        if (!walker.walk(page.body, root, &plan.item, page))
            return invalid("its answer is not valid JSON: " + walker.why());
        if (auto failure = refused(plan.success, plan.errors, page.body)) return *std::move(failure);
        if (!walker.found_items()) return invalid("its answer holds no items where they should be");
        page.has_more = flag_in(slots_, plan.has_more);
        page.total = count_in(slots_, plan.total);
        page.total_pages = count_in(slots_, plan.total_pages);
        if (plan.next && slots_[*plan.next].there()) {
            const token kind = slots_[*plan.next].kind;
            if (kind != token::text && kind != token::number)
                return invalid("its page token is neither text nor number");
            page.next = said_in(slots_[*plan.next]);
        }
        return page;
    }

    result<page> read_one(const one_plan& plan, std::string body) {
        page page = begin(std::move(body), plan.item);
        const target root{&plan.item.tree, 0, &slots_, &plan.item, 0};
        walker walker{parser_, lists_};
        if (!walker.walk(page.body, root, nullptr, page))
            return invalid("its answer is not valid JSON: " + walker.why());
        if (auto failure = refused(plan.success, plan.errors, page.body)) return *std::move(failure);
        const slot& source = slots_[plan.source];
        if (source.kind != token::object) return invalid("its answer holds no object where the record should be");
        page.received = 1;
        item_writer{plan.item, slots_, lists_[0]}.append_to(page, source.raw);
        if (page.items.empty()) return invalid("its record has no id");
        return page;
    }

    upstream_error read_error(const error_plan& plan, std::string body) {
        upstream_error error;
        const shape nothing;
        page page = begin(std::move(body), nothing);
        const target root{&plan.tree, 0, &slots_, nullptr, 0};
        walker walker{parser_, lists_};
        if (!walker.walk(page.body, root, nullptr, page)) return error;
        for (const slot_index code : plan.code) {
            if (error.code = said_in(slots_[code]); !error.code.empty()) break;
        }
        for (const slot_index message : plan.message) {
            if (slots_[message].kind != token::text) continue;
            if (error.message = said_in(slots_[message]); !error.message.empty()) break;
        }
        cut(error.code, longest_message);
        cut(error.message, longest_message);
        return error;
    }

  private:
    /// A page around `body`, with padding behind it, and everything else made ready for one walk.
    page begin(std::string body, const shape& shape) {
        page page;
        page.body = std::move(body);
        if (page.body.starts_with(byte_order_mark)) page.body.erase(0, byte_order_mark.size());
        if (page.body.capacity() < page.body.size() + simdjson::SIMDJSON_PADDING) {
            page.body.reserve(page.body.size() + simdjson::SIMDJSON_PADDING);
        }
        page.text.reserve(page.body.size() + page.body.size() / 4);
        page.schema_faults.resize(shape.outputs.size());
        slots_ = {};
        for (std::string& list : lists_)
            list.clear();
        return page;
    }

    /// The failure that an answer is whose success flag is false or missing.
    std::optional<failure> refused(const std::optional<slot_index>& success, const error_plan& errors,
                                   const std::string& body) {
        if (!success) return std::nullopt;
        const auto flag = flag_in(slots_, success);
        if (flag == true) return std::nullopt;
        if (!flag) return invalid("its answer does not say whether it succeeded");
        failure failure{fault::error, "it answered that it failed"};
        failure.upstream = read_error(errors, body);
        return failure;
    }

    simdjson::ondemand::parser parser_;
    std::array<std::string, deepest_lists + 1> lists_;
    slots slots_{};
};

reader::reader() : implementation_(std::make_unique<implementation>()) {}
reader::~reader() = default;

result<page> reader::read_list(const list_plan& plan, std::string body) {
    return implementation_->read_list(plan, std::move(body));
}
result<page> reader::read_one(const one_plan& plan, std::string body) {
    return implementation_->read_one(plan, std::move(body));
}
upstream_error reader::read_error(const error_plan& plan, std::string body) {
    return implementation_->read_error(plan, std::move(body));
}

}  // namespace rollcall::normalizers
