// GET /providers.
#include "gateway/api/providers.hpp"

#include "base/json_text.hpp"
#include "gateway/access/client.hpp"
#include "gateway/api/operations.hpp"
#include "gateway/api/parameters.hpp"
#include "gateway/api/provider_report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <span>

namespace rollcall::gateway {
namespace {

void append_strings(std::string& out, std::string_view name, std::span<const std::string_view> texts) {
    append_json_key(out, name);
    out += '[';
    for (const std::string_view text : texts) {
        if (out.back() != '[') out += ',';
        append_json_string(out, text);
    }
    out += ']';
}

std::vector<std::string_view> names_of_operations(const adapters::provider& provider) {
    std::vector<std::string_view> names;
    for (const adapters::operation_kind kind : operations_of(provider))
        names.push_back(name_of(kind));
    return names;
}

/// Of those filters that the provider applies itself.
std::vector<std::string_view> names_of_filters(const adapters::profile& profile) {
    std::vector<std::string_view> names;
    if (profile.filter_type) names.push_back("type");
    if (profile.filter_status) names.push_back("status");
    if (profile.filter_tags) names.push_back("tags");
    return names;
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

/// Null where nothing limits the calls; `calls` and `per_s` are null where only the provider itself says what is left.
void append_quota(std::string& out, const adapters::shared_quota& quota) {
    const auto& configured = quota.configured();
    const auto left = quota.left(steady_clock::now());
    if (!left) return append_json_raw_member(out, "quota", "null");
    append_json_key(out, "quota");
    out += '{';
    append_json_raw_member(out, "calls", configured ? fmt::to_string(configured->calls) : "null");
    append_json_raw_member(out, "per_s", configured ? fmt::to_string(configured->per.count()) : "null");
    append_json_raw_member(out, "left", fmt::to_string(*left));
    out += '}';
}

void append_health(std::string& out, const provider_entry& entry) {
    const adapters::health::report report = entry.health->now();
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
    append_json_member(out, "breaker", adapters::breaker_state_names[static_cast<std::size_t>(entry.breaker->state())]);
    append_json_raw_member(out, "second_attempts_left", fmt::to_string(entry.retry_budget->left(steady_clock::now())));
    append_json_raw_member(out, "connections", fmt::to_string(entry.health->connections()));
    append_quota(out, *entry.quota);
    out += '}';
}

/// Null where nothing is kept.
void append_cache(std::string& out, const config::provider_cache& cache) {
    const auto append = [&out](std::string_view name, std::chrono::milliseconds time) {
        append_json_raw_member(out, name, fmt::to_string(time.count()));
    };
    if (cache.ttl == cache.ttl.zero()) return append_json_raw_member(out, "cache", "null");
    append_json_key(out, "cache");
    out += '{';
    append("ttl_ms", cache.ttl);
    append("stale_while_revalidate_ms", cache.stale_while_revalidate);
    append("stale_if_error_ms", cache.stale_if_error);
    out += '}';
}

constexpr std::string_view paging_names[] = {"none", "cursor", "offset", "page", "link", "last_id"};

void append_entry(std::string& out, const provider_entry& entry) {
    const adapters::provider& provider = *entry.provider;
    const adapters::profile& profile = provider.profile();
    const config::provider& settings = provider.settings();
    out += '{';
    append_json_member(out, "name", provider.name());
    append_json_member(out, "profile", profile.name);
    append_json_member(out, "title", profile.title);
    append_json_member(out, "host", provider.origin().host);
    append_strings(out, "operations", names_of_operations(provider));
    append_strings(out, "filters", names_of_filters(profile));
    append_json_member(out, "paging", paging_names[static_cast<std::size_t>(profile.paging.style)]);
    append_json_raw_member(out, "page_size", provider.page_size() == 0 ? "null" : fmt::to_string(provider.page_size()));
    append_json_raw_member(out, "timeout_ms", fmt::to_string(settings.timeout.count()));
    append_json_raw_member(out, "hedging", settings.hedging ? "true" : "false");
    append_cache(out, settings.cache);
    append_health(out, entry);
    out += '}';
}

}  // namespace

awaitable<void> providers_resource::list(const request& request, response& response) {
    parameters parameters{request.query};
    if (const auto faults = parameters.faults()) {
        write_problem(response, *faults, request.id);
        co_return;
    }
    std::string& out = response.body;
    out += "{\"data\":[";
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        if (!sees(request.client, i)) continue;
        if (out.back() != '[') out += ',';
        append_entry(out, entries_[i]);
    }
    out += "]}";
}

}  // namespace rollcall::gateway
