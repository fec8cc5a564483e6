// What a client asks GET /agents for: filters, cursor, and the rest of its query.
#include "gateway/api/agents_query.hpp"

#include "base/json_text.hpp"
#include "base/text.hpp"
#include "gateway/access/client.hpp"
#include "gateway/api/cursor_problem.hpp"
#include "normalizers/schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

namespace rollcall::gateway {
namespace {

normalizers::choice_set read_choices(parameters& parameters, std::string_view name,
                                     std::span<const std::string_view> allowed) {
    normalizers::choice_set set = 0;
    for (const std::string& value : parameters.list(name)) {
        if (const auto choice = normalizers::choice_of(allowed, value)) {
            set |= normalizers::only(*choice);
        } else {
            parameters.fault(name, fmt::format("\"{}\" is none of {}", value, fmt::join(allowed, ", ")));
        }
    }
    return set;
}

void sort_and_unify(std::vector<std::string>& values) {
    std::ranges::sort(values);
    const auto repeated = std::ranges::unique(values);
    values.erase(repeated.begin(), repeated.end());
}

std::vector<std::string> read_providers(parameters& parameters, std::span<const std::string> names) {
    std::vector<std::string> providers = parameters.list("provider");
    for (const std::string& provider : providers) {
        if (std::ranges::find(names, provider) == names.end()) {
            parameters.fault("provider", fmt::format("no provider \"{}\" is configured", provider));
        }
    }
    sort_and_unify(providers);
    return providers;
}

/// JSON keeps the parts apart whatever is in them.
std::string canonical(const roster_query& query) {
    std::string text = bound_to(query.asking);
    fmt::format_to(std::back_inserter(text), "{} {}", query.listing.filters.types, query.listing.filters.statuses);
    for (const std::string& tag : query.listing.filters.tags)
        append_json_string(text, tag);
    text += '|';
    for (const std::string& provider : query.providers)
        append_json_string(text, provider);
    return text;
}

/// Is `directive` among the comma-separated directives of a Cache-Control header? Their names have no case.
bool has_directive(std::string_view value, std::string_view directive) {
    while (!value.empty()) {
        const auto comma = std::min(value.find(','), value.size());
        if (equals_ignoring_case(trimmed(value.substr(0, comma)), directive)) return true;
        value.remove_prefix(std::min(comma + 1, value.size()));
    }
    return false;
}

}  // namespace

bool wants_fresh(const request& request) {
    const auto is_cache_control = [](const header_field& field) {
        return equals_ignoring_case(field.name, "cache-control");
    };
    return std::ranges::any_of(request.headers, [&](const header_field& field) {
        return is_cache_control(field) && has_directive(field.value, "no-cache");
    });
}

std::pair<agents_query, std::optional<problem>> read_agents_query(const request& request,
                                                                  std::span<const std::string> provider_names,
                                                                  cursor_codec& cursors, system_clock::time_point now) {
    parameters parameters{request.query};
    agents_query query{{}, projection{parameters}, false, {}};
    roster_query& roster = query.roster;
    roster.limit = parameters.number("limit", 1, largest_page, usual_page);
    roster.listing.filters.statuses = read_choices(parameters, "status", normalizers::agent_statuses);
    roster.listing.filters.types = read_choices(parameters, "type", normalizers::agent_types);
    roster.listing.filters.tags = parameters.list("tags");
    sort_and_unify(roster.listing.filters.tags);
    roster.providers = read_providers(parameters, provider_names);
    roster.asking = request.client;
    roster.fresh = wants_fresh(request);
    roster.traceparent = request.traceparent;
    if (const auto partial = parameters.text("partial")) {
        query.deny_partial = *partial == "deny";
        if (!query.deny_partial && *partial != "allow") parameters.fault("partial", "it must be \"allow\" or \"deny\"");
    }
    const auto cursor = parameters.text("cursor");
    if (auto faults = parameters.faults()) return {std::move(query), std::move(faults)};

    query.canonical_filters = canonical(roster);
    if (!cursor) return {std::move(query), std::nullopt};
    auto unpacked = cursors.unpack(*cursor, query.canonical_filters, now);
    if (const auto* error = std::get_if<cursor_error>(&unpacked)) return {std::move(query), cursor_problem(*error)};
    roster.bookmarks = std::get<bookmarks>(std::move(unpacked));
    return {std::move(query), std::nullopt};
}

}  // namespace rollcall::gateway
