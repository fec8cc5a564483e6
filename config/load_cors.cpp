// `server.cors` of the configuration.
#include "config/load_cors.hpp"

#include "config/base_url.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view origin_rule = "expected an origin such as https://console.example or http://localhost:3000";

/// As browsers write it in `Origin` (RFC 6454, section 6.1): in lower case, without the scheme's own port.
std::string origin_of(const base_url& url) {
    const bool is_ipv6 = url.host.find(':') != std::string::npos;
    const std::string_view own_port = url.tls ? "443" : "80";
    return fmt::format("{}://{}{}", url.tls ? "https" : "http", is_ipv6 ? '[' + url.host + ']' : url.host,
                       url.port == own_port ? std::string{} : ':' + url.port);
}

void read_origin(const yaml::value& value, std::vector<std::string>& out) {
    std::string text;
    if (!value.text(text)) return;
    const auto url = parse_base_url(text);
    if (!url || !url->path_prefix.empty()) {
        value.fault(fmt::format("{}, found {}", origin_rule, value.found()));
    } else if (const std::string origin = origin_of(*url); text != origin) {
        value.fault(fmt::format("browsers write it as {}", yaml::in_quotes(origin)));
    } else if (std::ranges::find(out, text) != out.end()) {
        value.fault("stands there already");
    } else {
        out.push_back(std::move(text));
    }
}

}  // namespace

std::optional<cors> read_cors(const yaml::value& value) {
    if (value.absent()) return std::nullopt;
    cors out;
    const auto keys = value.keys({"origins", "max_age"});
    const auto origins = keys.require("origins");
    for (const auto& origin : origins.list())
        read_origin(origin, out.origins);
    if (origins.empty()) origins.fault("must hold at least one origin");
    keys["max_age"].duration<std::chrono::seconds>(out.max_age, 0s, 24h);
    return out;
}

}  // namespace rollcall::config
