// GET /providers.
#include "gateway/api/providers.hpp"

#include "base/json_text.hpp"
#include "gateway/api/parameters.hpp"
#include "gateway/api/provider_report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <initializer_list>

namespace rollcall::gateway {
namespace {

void append_strings(std::string& out, std::string_view name,
                    std::initializer_list<std::pair<std::string_view, bool>> choices) {
    append_json_key(out, name);
    out += '[';
    for (const auto& [text, there] : choices) {
        if (!there) continue;
        if (out.back() != '[') out += ',';
        append_json_string(out, text);
    }
    out += ']';
}

void append_time(std::string& out, std::string_view name, std::optional<system_clock::time_point> moment) {
    const std::string token =
        moment ? fmt::format("\"{:%FT%TZ}\"", std::chrono::floor<std::chrono::seconds>(*moment)) : "null";
    append_json_raw_member(out, name, token);
}

/// The provider has answered its last call, has failed it, or was never called.
std::string_view health_of(const adapters::health::report& report) {
    if (!report.last_success && !report.last_failure) return "unknown";
    return report.last_success >= report.last_failure ? "ok" : "failing";
}

void append_health(std::string& out, const adapters::health::report& report) {
    append_json_key(out, "health");
    out += '{';
    append_json_member(out, "status", health_of(report));
    append_time(out, "last_success_at", report.last_success);
    append_time(out, "last_failure_at", report.last_failure);
    append_json_key(out, "last_error");
    if (report.last_fault) {
        append_json_string(out, kind_of(code_of(*report.last_fault)).code);
    } else {
        out += "null";
    }
    out += '}';
}

constexpr std::string_view paging_names[] = {"none", "cursor", "offset", "page", "link", "last_id"};

void append_entry(std::string& out, const provider_entry& entry) {
    const adapters::provider& provider = *entry.provider;
    const adapters::profile& profile = provider.profile();
    out += '{';
    append_json_member(out, "name", provider.name());
    append_json_member(out, "profile", profile.name);
    append_json_member(out, "title", profile.title);
    append_json_member(out, "host", provider.origin().host);
    append_strings(out, "operations", {{"list", true}, {"get", true}});
    append_strings(out, "filters",
                   {{"type", profile.filter_type.has_value()},
                    {"status", profile.filter_status.has_value()},
                    {"tags", profile.filter_tags.has_value()}});
    append_json_member(out, "paging", paging_names[static_cast<std::size_t>(profile.paging.style)]);
    append_json_raw_member(out, "page_size", provider.page_size() == 0 ? "null" : fmt::to_string(provider.page_size()));
    append_health(out, entry.health->now());
    out += '}';
}

}  // namespace

std::string operations_of(const adapters::provider&) {
    // A provider without "get one" offers it all the same, by its list.
    return "list, get";
}

awaitable<void> providers_resource::list(const request& request, response& response) {
    parameters parameters{request.query};
    if (const auto faults = parameters.faults()) {
        write_problem(response, *faults, request.id);
        co_return;
    }
    std::string& out = response.body;
    out += "{\"data\":[";
    for (const provider_entry& entry : entries_) {
        if (out.back() != '[') out += ',';
        append_entry(out, entry);
    }
    out += "]}";
}

}  // namespace rollcall::gateway
