// A request's query parameters: decoding, and one fault for each thing that is wrong.
#include "gateway/api/parameters.hpp"

#include <boost/url/encoding_opts.hpp>
#include <boost/url/parse_query.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace rollcall::gateway {

parameters::parameters(std::string_view query) {
    if (query.empty()) return;
    const auto parsed = boost::urls::parse_query(query);
    if (!parsed) {
        fault("", "the query is not percent-encoded as RFC 3986 has it");
        return;
    }
    boost::urls::encoding_opts form;
    form.space_as_plus = true;
    for (const auto& parameter : *parsed) {
        const std::string name = parameter.key.decode(form);
        if (name.empty() && parameter.value.empty()) continue;  // `a=1&&b=2`, or an `&` at the end
        if (std::ranges::find(given_, name, &parameters::parameter::name) != given_.end()) {
            fault(name, "it is given more than once");
            continue;
        }
        given_.push_back({name, parameter.value.decode(form)});
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

std::uint32_t parameters::number(std::string_view name, std::uint32_t least, std::uint32_t most, std::uint32_t fallback) {
    const auto given = text(name);
    if (!given) return fallback;
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(given->data(), given->data() + given->size(), value);
    if (error == std::errc{} && end == given->data() + given->size() && value >= least && value <= most) return value;
    fault(name, fmt::format("it must be a whole number from {} to {}", least, most));
    return fallback;
}

void parameters::fault(std::string_view name, std::string detail) {
    faults_.push_back({problem_item::place::parameter, std::string{name}, std::move(detail)});
}

std::optional<problem> parameters::faults() {
    for (const parameter& parameter : given_) {
        if (!parameter.known) fault(parameter.name, "there is no such parameter here");
    }
    if (faults_.empty()) return std::nullopt;
    problem problem{problem_code::invalid_parameter, fmt::format("{}: {}", faults_.front().name, faults_.front().detail)};
    if (faults_.front().name.empty()) problem.detail = faults_.front().detail;
    problem.errors = std::move(faults_);
    return problem;
}

}  // namespace rollcall::gateway
