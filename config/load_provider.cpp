// One entry of the configuration's `providers`. What needs the provider's profile is checked in adapters/profile.
#include "config/load_provider.hpp"

#include "config/load_secret.hpp"
#include "config/syntax.hpp"
#include "config/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t gib = kib * kib * kib;
constexpr std::size_t ca_file_maximum = 16 * kib * kib;

void read_name(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (is_name(text)) {
        out = std::move(text);
    } else {
        value.fault(fmt::format("{}, found {}", name_rule, value.found()));
    }
}

void read_profile(const yaml::value& value, const std::string& file, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (is_profile_file(text)) {
        out = resolved_against(file, text);
    } else if (is_name(text)) {
        out = std::move(text);
    } else {
        value.fault("must be the name of a shipped profile or the path of a file such as ./profiles/mine.yaml");
    }
}

/// The URL is never shown: people put passwords into URLs.
void read_base_url(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (auto problem = base_url_problem(text); !problem.empty()) {
        value.fault(std::move(problem));
        return;
    }
    while (text.ends_with('/'))
        text.pop_back();  // a path of the profile begins with the slash
    out = std::move(text);
}

/// A credential goes into a header, so it must be what a header may hold (RFC 9110, 5.5).
void take_credential(const yaml::value& source, std::string text, secret& out) {
    const bool visible =
        std::all_of(text.begin(), text.end(), [](char letter) { return letter >= ' ' && letter <= '~'; });
    if (text.empty()) {
        source.fault("the credential is empty");
    } else if (!visible) {
        source.fault("the credential must be visible ASCII characters without a line break");
    } else if (text.front() == ' ' || text.back() == ' ') {
        source.fault("the credential must not begin or end with a space");
    } else {
        out = secret{std::move(text)};
    }
}

void read_credential(const yaml::value& value, const std::string& file, secret& out) {
    const auto keys = value.hidden().keys({"value", "file"});
    const auto literal = keys["value"];
    const auto path = keys["file"];
    if (value.kind() == yaml::node::kind::map && literal.absent() == path.absent()) {
        value.fault("must have exactly one of value and file");
        return;
    }
    std::string text;
    if (literal.bytes(text)) take_credential(literal, std::move(text), out);
    if (read_secret_file(path, file, text)) take_credential(path, std::move(text), out);
}

void read_params(const yaml::value& value, std::map<std::string, std::string>& out,
                 std::map<std::string, location>& places) {
    for (const auto& entry : value.members()) {
        std::string text;
        if (entry.of.hidden().text(text)) out.emplace(entry.name, std::move(text));
        places.emplace("params." + entry.name, entry.of.where());
    }
}

void read_tls(const yaml::value& value, const std::string& file, std::string& ca_file) {
    const auto keys = value.keys({"ca_file"});
    const auto path = value.kind() == yaml::node::kind::map ? keys.require("ca_file") : yaml::value{};
    std::string text;
    if (!path.text(text)) return;
    ca_file = resolved_against(file, text);
    const auto read = read_text_file(ca_file, ca_file_maximum);
    if (!read.problem.empty()) {
        path.fault("the file " + read.problem);
    } else if (read.text.find("CERTIFICATE-----") == std::string::npos) {
        path.fault("the file holds no certificate in PEM form");
    }
}

void read_cache(const yaml::value& value, provider_cache& out) {
    const auto keys = value.keys({"ttl", "stale_while_revalidate", "stale_if_error"});
    keys["ttl"].duration<std::chrono::milliseconds>(out.ttl, 0ms, 24h);
    keys["stale_while_revalidate"].duration<std::chrono::milliseconds>(out.stale_while_revalidate, 0ms, 24h);
    keys["stale_if_error"].duration<std::chrono::milliseconds>(out.stale_if_error, 0ms, 7 * 24h);
}

void read_quota(const yaml::value& value, std::optional<provider_quota>& out) {
    if (value.absent()) return;
    const auto keys = value.keys({"calls", "per"});
    if (value.kind() != yaml::node::kind::map) return;
    provider_quota quota;
    keys.require("calls").whole(quota.calls, 1U, 1'000'000U);
    keys.require("per").duration<std::chrono::seconds>(quota.per, 1s, 24h);
    out = quota;
}

void read_breaker(const yaml::value& value, breaker& out) {
    const auto keys = value.keys({"consecutive_failures", "failing_for", "window", "minimum_calls", "failure_percent",
                                  "open_for", "open_at_most", "successes_to_close"});
    keys["consecutive_failures"].whole(out.consecutive_failures, 1U, 10'000U);
    keys["failing_for"].duration<std::chrono::milliseconds>(out.failing_for, 0ms, 1min);
    keys["window"].duration<std::chrono::milliseconds>(out.window, 1s, 10min);
    keys["minimum_calls"].whole(out.minimum_calls, 1U, 100'000U);
    keys["failure_percent"].whole(out.failure_percent, 1U, 100U);
    keys["open_for"].duration<std::chrono::milliseconds>(out.open_for, 100ms, 10min);
    keys["open_at_most"].duration<std::chrono::milliseconds>(out.open_at_most, 100ms, 1h);
    keys["successes_to_close"].whole(out.successes_to_close, 1U, 100U);
}

void read_retry_budget(const yaml::value& value, retry_budget& out) {
    const auto keys = value.keys({"percent", "per_second"});
    keys["percent"].whole(out.percent, 0U, 100U);
    keys["per_second"].whole(out.per_second, 0U, 1000U);
}

void read_connection_queue(const yaml::value& value, connection_queue& out) {
    const auto keys = value.keys({"length", "wait"});
    keys["length"].whole(out.length, 0U, 10'000U);
    keys["wait"].duration<std::chrono::milliseconds>(out.wait, 1ms, 1min);
}

}  // namespace

bool is_profile_file(std::string_view profile) {
    return profile.find_first_of("/.") != std::string_view::npos;
}

provider read_provider(const yaml::value& entry, const std::string& file) {
    provider out;
    out.where = entry.where();
    out.path = entry.path();
    const auto keys =
        entry.keys({"name", "profile", "base_url", "credential", "params", "page_size", "timeout", "answer_bytes",
                    "connections", "connection_queue", "tls", "cache", "quota", "breaker", "retry_budget", "hedging"});
    read_name(keys.require("name"), out.name);
    read_profile(keys.require("profile"), file, out.profile);
    read_base_url(keys["base_url"], out.base_url);
    read_credential(keys["credential"], file, out.credential);
    read_params(keys["params"], out.params, out.places);
    unsigned page_size = 0;
    if (keys["page_size"].whole(page_size, 1U, 10'000U)) out.page_size = page_size;
    keys["timeout"].duration<std::chrono::milliseconds>(out.timeout, 10ms, 10min);
    keys["answer_bytes"].size(out.answer_bytes, kib, gib);
    keys["connections"].whole(out.connections, 1U, 10'000U);
    read_connection_queue(keys["connection_queue"], out.connection_queue);
    read_tls(keys["tls"], file, out.ca_file);
    read_cache(keys["cache"], out.cache);
    read_quota(keys["quota"], out.quota);
    read_breaker(keys["breaker"], out.breaker);
    read_retry_budget(keys["retry_budget"], out.retry_budget);
    keys["hedging"].boolean(out.hedging);
    for (const auto name : {"profile", "base_url", "credential", "page_size"}) {
        if (keys[name]) out.places.emplace(name, keys[name].where());
    }
    return out;
}

}  // namespace rollcall::config
