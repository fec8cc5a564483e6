// The configuration's `redis`: its URL taken apart, who logs in, and how long is waited.
#include "config/load_redis.hpp"

#include "config/base_url.hpp"
#include "config/load_secret.hpp"
#include "config/text_file.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view plain_scheme = "redis://";
constexpr std::string_view tls_scheme = "rediss://";
constexpr unsigned largest_database = 1'000'000;
constexpr std::size_t longest_word = 1024;
constexpr std::size_t longest_prefix = 64;
constexpr std::size_t ca_file_maximum = 16 * 1024 * 1024;

bool states_port(std::string_view authority) {
    const auto colon = authority.rfind(':');
    const auto bracket = authority.rfind(']');  // an IPv6 address has colons of its own
    return colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
}

/// Takes `redis(s)://host[:port][/database]` apart; whether it is one.
bool take_url(std::string_view url, redis& out) {
    const bool tls = url.starts_with(tls_scheme);
    if (!tls && !url.starts_with(plain_scheme)) return false;
    url.remove_prefix(tls ? tls_scheme.size() : plain_scheme.size());
    // What a host and a port may be is the same for every URL here.
    const auto parts = parse_base_url("http://" + std::string{url});
    if (!parts) return false;
    std::string_view path = parts->path_prefix;
    if (path.starts_with('/')) path.remove_prefix(1);
    unsigned database = 0;
    const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), database);
    const bool whole = error == std::errc{} && end == path.data() + path.size();
    if (!path.empty() && (!whole || database > largest_database)) return false;
    out.tls = tls;
    out.host = parts->host;
    if (states_port(url.substr(0, url.find('/')))) out.port = parts->port;
    out.database = database;
    return true;
}

/// The URL is never shown: people put passwords into URLs.
void read_url(const yaml::value& value, redis& out) {
    std::string text;
    if (!value.text(text) || take_url(text, out)) return;
    value.fault(
        "must be a URL such as redis://host:6379/0, or rediss:// for TLS; the username and the password are keys of "
        "their own");
}

void take_password(const yaml::value& source, std::string text, secret& out) {
    if (text.empty()) {
        source.fault("the password is empty");
    } else if (text.size() > longest_word) {
        source.fault("the password is longer than 1024 bytes");
    } else {
        out = secret{std::move(text)};
    }
}

void read_password(const yaml::value& value, const std::string& file, secret& out) {
    std::string text;
    if (value.kind() == yaml::node::kind::map) {
        const auto path = value.keys({"file"}).require("file");
        if (read_secret_file(path, file, text)) take_password(path, std::move(text), out);
    } else if (value.bytes(text)) {
        take_password(value, std::move(text), out);
    }
}

void read_username(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (text.empty() || text.size() > longest_word) {
        value.fault("must be 1 to 1024 bytes long");
    } else {
        out = std::move(text);
    }
}

bool is_prefix_character(char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
           letter == '-' || letter == '_' || letter == '.' || letter == ':';
}

void read_prefix(const yaml::value& value, std::string& out) {
    std::string text;
    if (!value.text(text)) return;
    if (text.empty() || text.size() > longest_prefix || !std::ranges::all_of(text, is_prefix_character)) {
        value.fault("must be 1 to 64 letters, digits, hyphens, underscores, dots or colons");
    } else {
        out = std::move(text);
    }
}

void read_tls(const yaml::value& value, const std::string& file, redis& out) {
    const auto path = value.keys({"ca_file"})["ca_file"];
    std::string text;
    if (!path.text(text)) return;
    out.ca_file = resolved_against(file, text);
    const auto read = read_text_file(out.ca_file, ca_file_maximum);
    if (!read.problem.empty()) {
        path.fault("the file " + read.problem);
    } else if (!out.host.empty() && !out.tls) {
        value.fault("is for a URL that begins with rediss://");
    }
}

}  // namespace

std::optional<redis> read_redis(const yaml::value& value, const std::string& file) {
    if (value.absent()) return std::nullopt;
    redis out;
    const auto keys = value.keys({"url", "username", "password", "tls", "timeout", "prefix"});
    const auto url = value.kind() == yaml::node::kind::map ? keys.require("url") : yaml::value{};
    read_url(url.hidden(), out);
    read_username(keys["username"], out.username);
    read_password(keys["password"].hidden(), file, out.password);
    if (keys["username"] && keys["password"].absent()) keys["username"].fault("has no password beside it");
    read_tls(keys["tls"], file, out);
    keys["timeout"].duration<std::chrono::milliseconds>(out.timeout, 1ms, 1s);
    read_prefix(keys["prefix"], out.prefix);
    return out;
}

}  // namespace rollcall::config
