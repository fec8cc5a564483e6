// The configuration's keys outside of `providers`, which load_provider.cpp reads.
#include "config/load.hpp"

#include "config/load_access.hpp"
#include "config/load_cors.hpp"
#include "config/load_limits.hpp"
#include "config/load_provider.hpp"
#include "config/load_redis.hpp"
#include "config/load_secret.hpp"
#include "config/load_server_tls.hpp"
#include "config/syntax.hpp"
#include "config/text_file.hpp"
#include "config/yaml.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <map>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;
constexpr std::size_t gib = 1024 * mib;
constexpr std::size_t cursor_secret_minimum = 16;

void read_address(const yaml::value& value, address& out) {
    std::string text;
    if (!value.text(text)) return;
    if (auto read = parse_address(text)) {
        out = std::move(*read);
    } else {
        value.fault(fmt::format("expected an IP address and port such as 127.0.0.1:8080 or \"[::1]:8080\", found {}",
                                value.found()));
    }
}

void read_limits(const yaml::value& value, limits& out) {
    const auto keys = value.keys(
        {"header_bytes", "header_count", "uri_bytes", "body_bytes", "connections", "in_flight", "in_flight_wait"});
    keys["header_bytes"].size(out.header_bytes, kib, mib);
    keys["header_count"].whole<std::size_t>(out.header_count, 1, 1000);
    keys["uri_bytes"].size(out.uri_bytes, 256, 64 * kib);
    keys["body_bytes"].size(out.body_bytes, 0, 64 * mib);
    keys["connections"].whole<std::size_t>(out.connections, 1, 1'000'000);
    keys["in_flight"].whole<std::size_t>(out.in_flight, 1, 100'000);
    keys["in_flight_wait"].duration<std::chrono::milliseconds>(out.in_flight_wait, 0ms, 1min);
}

bool is_any(const address& address) {
    return address.host == "0.0.0.0" || address.host == "::";
}

bool clash(const address& left, const address& right) {
    return left.port == right.port && left.port != 0 && (left.host == right.host || is_any(left) || is_any(right));
}

/// An address that others can reach is opened to everybody by a word of the operator's only.
void refuse_unguarded(const yaml::value& listen, const address& address) {
    if (is_loopback(address)) return;
    listen.fault(
        "is reachable from other machines, and nothing says who may use it: write `access: {clients: …}` (`rollcall "
        "key "
        "new` makes a key), or `access: open` to let in everybody who reaches it");
}

void read_server(const yaml::value& value, bool unguarded, const std::string& file, server& out) {
    const auto keys = value.keys({"listen", "admin", "trusted_proxies", "tls", "cors", "threads", "request_timeout",
                                  "limits", "drain_delay", "drain_timeout"});
    read_address(keys["listen"], out.listen);
    if (unguarded) refuse_unguarded(keys["listen"], out.listen);
    read_address(keys["admin"], out.admin);
    if (clash(out.listen, out.admin)) {
        (keys["admin"] ? keys["admin"] : keys["listen"]).fault("listen and admin must differ in address or port");
    }
    out.trusted_proxies = read_trusted_proxies(keys["trusted_proxies"]);
    out.tls = read_server_tls(keys["tls"], file);
    out.cors = read_cors(keys["cors"]);
    keys["threads"].whole(out.threads, 0U, 256U);
    keys["request_timeout"].duration<std::chrono::milliseconds>(out.request_timeout, 10ms, 10min);
    read_limits(keys["limits"], out.limits);
    keys["drain_delay"].duration<std::chrono::milliseconds>(out.drain_delay, 0ms, 10min);
    keys["drain_timeout"].duration<std::chrono::milliseconds>(out.drain_timeout, 0ms, 1h);
}

void take_cursor_secret(const yaml::value& source, std::string text, secret& out) {
    if (text.size() < cursor_secret_minimum) {
        source.fault(fmt::format("must be at least {} bytes long", cursor_secret_minimum));
    } else {
        out = secret{std::move(text)};
    }
}

void read_cursor_secret(const yaml::value& value, const std::string& file, secret& out) {
    std::string text;
    if (value.kind() == yaml::node::kind::map) {
        const auto path = value.keys({"file"}).require("file");
        if (read_secret_file(path, file, text)) take_cursor_secret(path, std::move(text), out);
    } else if (value.bytes(text)) {
        take_cursor_secret(value, std::move(text), out);
    }
}

void read_cursor(const yaml::value& value, const std::string& file, cursor& out) {
    const auto keys = value.hidden().keys({"secret", "expiry"});
    read_cursor_secret(keys["secret"], file, out.key);
    keys["expiry"].duration<std::chrono::seconds>(out.expiry, 1min, 24h * 365);
}

void read_log(const yaml::value& value, log& out) {
    const auto keys = value.keys({"level", "format"});
    keys["level"].choice<log_level>(out.level, {{"debug", log_level::debug},
                                                {"info", log_level::info},
                                                {"warning", log_level::warning},
                                                {"error", log_level::error},
                                                {"off", log_level::off}});
    keys["format"].choice<log_format>(out.format, {{"json", log_format::json}, {"text", log_format::text}});
}

void read_cache(const yaml::value& value, cache& out) {
    const auto keys = value.keys({"bytes"});
    keys["bytes"].size(out.bytes, 0, 64 * gib);
}

void read_providers(const yaml::value& value, const std::string& file, std::vector<provider>& out) {
    std::map<std::string, std::string> paths;
    for (const auto& entry : value.list()) {
        auto read = read_provider(entry, file);
        if (!read.name.empty()) {
            const auto [first, is_new] = paths.emplace(read.name, entry.path());
            if (!is_new) {
                entry.fault(fmt::format("its name is taken by {}", first->second));
            }
        }
        out.push_back(std::move(read));
    }
    if (value.empty()) value.fault("must hold at least one provider");
}

std::optional<std::string> from_process(const std::string& name) {
    if (const char* text = std::getenv(name.c_str())) return text;
    return std::nullopt;
}

}  // namespace

settings load(std::string_view text, const std::string& file, const environment& environment,
              std::vector<fault>& faults) {
    settings result;
    const std::size_t first = faults.size();
    const yaml::document document{text, file, faults, &environment};
    const auto keys = document.root().keys({"server", "access", "cursor", "log", "cache", "redis", "providers"});
    read_server(keys["server"], keys["access"].absent(), file, result.server);
    read_cursor(keys["cursor"], file, result.cursor);
    read_log(keys["log"], result.log);
    read_cache(keys["cache"], result.cache);
    result.redis = read_redis(keys["redis"], file);
    read_providers(keys.require("providers"), file, result.providers);
    read_access(keys["access"], result.providers, result.server.tls, result.access);
    sort_by_place(faults, first);
    return result;
}

settings load_file(const std::string& file, std::vector<fault>& faults) {
    const auto read = read_text_file(file, yaml::file_bytes_maximum);
    if (!read.problem.empty()) {
        faults.push_back({{file, 1, 1}, {}, "the file " + read.problem});
        return {};
    }
    return load(read.text, file, from_process, faults);
}

}  // namespace rollcall::config
