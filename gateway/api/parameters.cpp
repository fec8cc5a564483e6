// A request's query parameters: decoding, and one fault for each thing that is wrong.
#include "gateway/api/parameters.hpp"

#include "gateway/http/percent_encoding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace rollcall::gateway {
namespace {

/// What a form-encoded text says; empty where its percent-encoding is broken.
std::optional<std::string> decoded(std::string_view text) {
    std::string said;
    return decode_percent(text, plus_sign::space, said) ? std::optional{std::move(said)} : std::nullopt;
}

}  // namespace

parameters::parameters(std::string_view query) {
    while (!query.empty()) {
        const std::string_view pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (!pair.empty()) add(pair.substr(0, pair.find('=')), pair.substr(std::min(pair.find('='), pair.size())));
    }
}

/// `value` still has its `=`, if there was one.
void parameters::add(std::string_view name, std::string_view value) {
    const auto name_text = decoded(name);
    const auto value_text = decoded(value.substr(std::min<std::size_t>(1, value.size())));
    if (!name_text || !value_text) {
        fault(name, "its percent-encoding is broken");
    } else if (std::ranges::find(given_, *name_text, &parameters::parameter::name) != given_.end()) {
        fault(*name_text, "it is given more than once");
    } else if (given_.size() == most_given) {
        fault(*name_text, fmt::format("a query has at most {} parameters", most_given));
    } else {
        given_.push_back({*name_text, *value_text});
    }
}

std::optional<std::string> parameters::text(std::string_view name) {
    const auto found = std::ranges::find(given_, name, &parameter::name);
    if (found == given_.end()) return std::nullopt;
    found->known = true;
    return found->value;
}

std::vector<std::string> parameters::list(std::string_view name) {
    std::vector<std::string> values;
    const auto given = text(name);
    if (!given) return values;
    for (std::string_view rest = *given; !rest.empty();) {
        const auto comma = rest.find(',');
        if (comma != 0) values.emplace_back(rest.substr(0, comma));
        rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    }
    if (values.empty()) fault(name, "it has no value");
    return values;
}

std::uint32_t parameters::number(std::string_view name, std::uint32_t least, std::uint32_t most,
                                 std::uint32_t fallback) {
    const auto given = text(name);
    if (!given) return fallback;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
    if (error == std::errc{} && end == given->data() + given->size() && value >= least && value <= most) return value;
    fault(name, fmt::format("it must be a whole number from {} to {}", least, most));
    return fallback;
}

void parameters::fault(std::string_view name, std::string detail) {
    if (faults_.size() < most_faults)
        faults_.push_back({problem_item::place::parameter, std::string{name}, std::move(detail)});
}

std::optional<problem> parameters::faults() {
    for (const parameter& parameter : given_) {
        if (!parameter.known) fault(parameter.name, "there is no such parameter here");
    }
    if (faults_.empty()) return std::nullopt;
    problem problem{problem_code::invalid_parameter,
                    fmt::format("{}: {}", faults_.front().name, faults_.front().detail)};
    problem.errors = std::move(faults_);
    return problem;
}

}  // namespace rollcall::gateway
