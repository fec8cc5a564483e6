// A whole profile from YAML: its head here, its parts in load_operations, load_paging, load_filters and load_agent.
#include "adapters/profile/load.hpp"

#include "adapters/profile/load_agent.hpp"
#include "adapters/profile/load_operations.hpp"
#include "adapters/profile/load_paging.hpp"
#include "adapters/profile/placeholders.hpp"
#include "adapters/profile/pointer.hpp"
#include "config/syntax.hpp"
#include "config/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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

/// Whether the header says how the message itself is read, which a credential must not change.
bool frames_the_message(std::string_view header) {
    constexpr std::string_view framing[] = {
        "host",    "connection", "content-length", "content-type", "transfer-encoding", "upgrade",
        "trailer", "te",         "expect",         "keep-alive"};
    std::string lower{header};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return std::find(std::begin(framing), std::end(framing), lower) != std::end(framing);
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

void read_params(const value& place, std::map<std::string, parameter>& out) {
    for (const auto& entry : place.members()) {
        if (!is_placeholder_name(entry.name) || entry.name == "id") {
            entry.key.fault("must be named in lower-case letters, digits and underscores, and not id");
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

void read_errors(const value& place, profile& out) {
    const auto keys = place.keys({"code", "message"});
    read_pointers(keys["code"], whole_value::refused, out.error_code);
    read_pointers(keys["message"], whole_value::refused, out.error_message);
}

}  // namespace

profile load_profile(std::string_view text, const std::string& file, std::vector<config::fault>& faults) {
    profile out;
    const std::size_t first = faults.size();
    const config::yaml::document document{text, file, faults};
    const auto keys = document.root().keys({"profile", "title", "documentation", "base_url", "auth", "params", "errors",
                                            "operations", "paging", "filters", "agent"});
    read_name(keys.require("profile"), out.name);
    keys.require("title").text(out.title);
    read_documentation(keys["documentation"], out.documentation);
    read_base_url(keys["base_url"], out.base_url);
    read_authentication(keys["auth"], out.auth);
    read_params(keys["params"], out.params);
    read_errors(keys["errors"], out);
    read_operations(keys.require("operations"), keys["params"], out);
    out.agent = read_agent(keys.require("agent"));
    read_paging(keys.require("paging"), keys["filters"], out);
    config::sort_by_place(faults, first);
    return out;
}

}  // namespace rollcall::adapters
