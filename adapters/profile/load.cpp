// A whole profile from YAML: its head here, its parts in load_operations, load_paging, load_filters, load_records
// and load_write.
#include "adapters/profile/load.hpp"

#include "adapters/profile/load_operations.hpp"
#include "adapters/profile/load_paging.hpp"
#include "adapters/profile/load_records.hpp"
#include "adapters/profile/load_write.hpp"
#include "adapters/profile/placeholders.hpp"
#include "adapters/profile/pointer.hpp"
#include "config/syntax.hpp"
#include "config/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <tuple>
#include <utility>

namespace rollcall::adapters {

using config::yaml::value;

namespace {

void read_name(const value& place, std::string& out) {
    std::string text;
    if (!place.text(text)) return;
    if (!config::is_name(text)) {
        place.fault(fmt::format("{}, found {}", config::name_rule, place.found()));
        return;
    }
    out = std::move(text);
}

void read_documentation(const value& place, std::string& out) {
    std::string text;
    if (!place.text(text)) return;
    if (!text.starts_with("https://") && !text.starts_with("http://")) {
        place.fault("must be a URL that begins with http:// or https://");
        return;
    }
    out = std::move(text);
}

void read_base_url(const value& place, std::string& out) {
    std::string text;
    if (!place.text(text)) return;
    if (auto problem = config::base_url_problem(text); !problem.empty()) {
        place.fault(std::move(problem));
        return;
    }
    while (text.ends_with('/'))
        text.pop_back();  // every path begins with the slash
    out = std::move(text);
}

/// A header's name (RFC 9110, 5.1).
bool is_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0 || marks.find(letter) != std::string_view::npos;
    });
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return text;
}

/// Whether the header says how the message itself is read, which a profile must not change.
bool frames_the_message(const std::string& header) {
    constexpr std::string_view framing[] = {
        "host",    "connection", "content-length", "content-type", "transfer-encoding", "upgrade",
        "trailer", "te",         "expect",         "keep-alive"};
    return std::find(std::begin(framing), std::end(framing), lower_case(header)) != std::end(framing);
}

/// Whether every call has the header anyway, or may have it, with a meaning of its own.
bool means_something_else(const std::string& header) {
    constexpr std::string_view others[] = {"accept",      "accept-encoding", "authorization",       "cookie",
                                           "traceparent", "tracestate",      "proxy-authorization", "user-agent"};
    return std::find(std::begin(others), std::end(others), lower_case(header)) != std::end(others);
}

void read_authentication(const value& place, std::optional<authentication>& out) {
    if (place.absent()) return;
    const auto keys = place.keys({"header", "scheme"});
    authentication auth;
    const auto header = keys.require("header");
    if (header.text(auth.header) && (!is_token(auth.header) || frames_the_message(auth.header))) {
        header.fault(fmt::format("must be the name of a header that may carry a credential, found {}", header.found()));
    }
    using scheme = enum authentication::scheme;
    keys["scheme"].choice<scheme>(auth.scheme,
                                  {{"plain", scheme::plain}, {"bearer", scheme::bearer}, {"basic", scheme::basic}});
    out = std::move(auth);
}

void read_deadline_header(const value& place, const std::optional<authentication>& auth, std::string& out) {
    std::string text;
    if (!place.text(text)) return;
    const bool carries_the_credential = auth && lower_case(auth->header) == lower_case(text);
    if (!is_token(text) || frames_the_message(text) || means_something_else(text) || carries_the_credential) {
        place.fault(fmt::format("must be the name of a header that is sent for nothing else, found {}", place.found()));
        return;
    }
    out = std::move(text);
}

void read_params(const value& place, std::map<std::string, parameter>& out) {
    for (const auto& entry : place.members()) {
        if (!is_placeholder_name(entry.name)) {
            entry.key.fault("must be named in lower-case letters, digits and underscores");
            continue;
        }
        if (is_argument_name(entry.name)) {
            entry.key.fault("is what a client's call says, so that no parameter can be named so");
            continue;
        }
        const auto keys = entry.of.keys({"description", "default"});
        parameter param;
        keys.require("description").text(param.description);
        std::string fallback;
        if (keys["default"].text(fallback)) param.fallback = std::move(fallback);
        out.emplace(entry.name, std::move(param));
    }
}

void read_errors(const value& place, normalizers::error_pointers& out) {
    const auto keys = place.keys({"code", "message", "details"});
    read_pointers(keys["code"], whole_value::refused, out.code);
    read_pointers(keys["message"], whole_value::refused, out.message);
    read_pointer(keys["details"], out.details);
}

void read_quota(const value& place, std::optional<quota>& out) {
    if (place.absent()) return;
    constexpr std::chrono::seconds shortest{1};
    constexpr std::chrono::seconds longest = std::chrono::hours{24};
    constexpr unsigned most = 1'000'000;
    const auto keys = place.keys({"calls", "per"});
    auto& quota = out.emplace();
    keys.require("calls").whole(quota.calls, 1U, most);
    keys.require("per").duration(quota.per, shortest, longest);
}

}  // namespace

profile load_profile(std::string_view text, const std::string& file, std::vector<config::fault>& faults) {
    profile out;
    const std::size_t first = faults.size();
    const config::yaml::document document{text, file, faults};
    const auto keys = document.root().keys({"profile", "title", "documentation", "base_url", "auth", "deadline_header",
                                            "params", "errors", "quota", "operations", "paging", "filters", "write",
                                            "agent", "status", "conversation", "sale", "analytics"});
    read_name(keys.require("profile"), out.name);
    keys.require("title").text(out.title);
    read_documentation(keys["documentation"], out.documentation);
    read_base_url(keys["base_url"], out.base_url);
    read_authentication(keys["auth"], out.auth);
    read_deadline_header(keys["deadline_header"], out.auth, out.deadline_header);
    read_params(keys["params"], out.params);
    read_errors(keys["errors"], out.errors);
    read_quota(keys["quota"], out.quota);
    const auto operations = read_operations(keys.require("operations"), keys["params"], out);
    read_write(keys["write"], operations, out);
    read_records(keys, operations, out);
    read_paging(keys.require("paging"), keys["filters"], out);
    config::sort_by_place(faults, first);
    return out;
}

}  // namespace rollcall::adapters
