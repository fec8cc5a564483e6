// What names, addresses and URLs must look like.
#include "config/syntax.hpp"

#include "config/base_url.hpp"
#include "config/units.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>

namespace rollcall::config {
namespace {

constexpr std::size_t name_maximum = 32;
constexpr std::int64_t port_maximum = 65'535;

bool is_lower(char character) {
    return character >= 'a' && character <= 'z';
}
bool is_digit(char character) {
    return character >= '0' && character <= '9';
}
constexpr auto key_letter_values = [] {
    std::array<unsigned char, 256> values{};
    values.fill(key_alphabet.size());
    for (std::size_t place = 0; place < key_alphabet.size(); ++place)
        values.at(static_cast<unsigned char>(key_alphabet[place])) = static_cast<unsigned char>(place);
    return values;
}();

bool is_key_letter(char character) {
    return key_letter_value(character) != key_alphabet.size();
}
bool is_letter_or_digit(char character) {
    return is_lower(character) || is_digit(character) || (character >= 'A' && character <= 'Z');
}
bool is_hexadecimal(char character) {
    return std::isxdigit(static_cast<unsigned char>(character)) != 0;
}

bool is_ip(int family, const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(family, host.c_str(), bytes.data()) == 1;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    const auto port = parse_whole(text);
    if (!port || *port < 0 || *port > port_maximum) return std::nullopt;
    return static_cast<std::uint16_t>(*port);
}

/// Letters, digits, dots, hyphens, and the underscore that container networks use.
bool is_host_name(std::string_view host) {
    constexpr std::size_t host_maximum = 253;
    return !host.empty() && host.size() <= host_maximum && host.front() != '.' && host.front() != '-' &&
           host.find("..") == std::string_view::npos && std::all_of(host.begin(), host.end(), [](char character) {
               return is_letter_or_digit(character) || character == '.' || character == '-' || character == '_';
           });
}

/// Splits `host[:port]`, where an IPv6 address stands in brackets, which `host` keeps.
void split_authority(std::string_view authority, std::string_view& host, std::optional<std::string_view>& port) {
    const std::size_t bracket = authority.rfind(']');
    const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
    host = authority.substr(0, colon);
    if (colon != std::string_view::npos) port = authority.substr(colon + 1);
}

bool is_bracketed_ipv6(std::string_view host) {
    return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
           is_ip(AF_INET6, std::string{host.substr(1, host.size() - 2)});
}

/// How many characters of base64url `text` begins with.
std::size_t length_of_base64url(std::string_view text) {
    const auto* const end = std::find_if_not(text.begin(), text.end(), [](char character) {
        return is_letter_or_digit(character) || character == '-' || character == '_';
    });
    return static_cast<std::size_t>(end - text.begin());
}

/// `text` with all of every token (RFC 7515, section 3.1: three parts in base64url) but its mark replaced by `***`.
std::string without_tokens(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto mark = std::min(text.find(token_mark), text.size());
        out += text.substr(0, mark);
        text.remove_prefix(mark);
        // What goes on without a dot is looked at once: no token begins within it either.
        const std::size_t header = length_of_base64url(text);
        const bool has_claims = text.substr(header, 1) == ".";
        const std::size_t claims = has_claims ? header + 1 + length_of_base64url(text.substr(header + 1)) : header;
        const bool is_token = has_claims && text.substr(claims, 1) == ".";
        out += is_token ? std::string{token_mark} + "***" : std::string{text.substr(0, header)};
        text.remove_prefix(is_token ? claims + 1 + length_of_base64url(text.substr(claims + 1)) : header);
    }
    return out;
}

}  // namespace

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= name_maximum && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(),
                       [](char character) { return is_lower(character) || is_digit(character) || character == '-'; });
}

std::optional<address> parse_address(std::string_view text) {
    std::string_view host;
    std::optional<std::string_view> port_text;
    split_authority(text, host, port_text);
    const auto port = port_text ? parse_port(*port_text) : std::nullopt;
    if (!port) return std::nullopt;
    if (is_bracketed_ipv6(host)) return address{std::string{host.substr(1, host.size() - 2)}, *port};
    if (is_ip(AF_INET, std::string{host})) return address{std::string{host}, *port};
    return std::nullopt;
}

bool is_loopback(const address& address) {
    in_addr v4{};
    if (inet_pton(AF_INET, address.host.c_str(), &v4) == 1) return ntohl(v4.s_addr) >> 24 == 127;
    in6_addr v6{};
    return inet_pton(AF_INET6, address.host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

std::string base_url_problem(std::string_view url) {
    const bool secure = url.starts_with("https://");
    if (!secure && !url.starts_with("http://")) return "must begin with http:// or https://";
    if (url.find('?') != std::string_view::npos) return "must not have a query";
    if (url.find('#') != std::string_view::npos) return "must not have a fragment";
    const auto rest = url.substr(secure ? 8 : 7);
    const auto authority = rest.substr(0, rest.find('/'));
    const auto path = rest.substr(authority.size());
    if (authority.find('@') != std::string_view::npos) return "must not hold a user or password";
    std::string_view host;
    std::optional<std::string_view> port;
    split_authority(authority, host, port);
    constexpr auto no_host = "must name a host after http:// or https://";
    if (!is_bracketed_ipv6(host) && !is_host_name(host)) return no_host;
    if (port && parse_port(*port).value_or(0) == 0) return "must have a port between 1 and 65535 after the colon";
    if (!is_url_path(path) || has_odd_segment(path)) return "must have a plain path, percent-encoded where needed";
    // What is accepted here must be readable where it is used: Boost.URL 1.81 refuses names that begin like an address.
    if (!parse_base_url(url)) return no_host;
    return {};
}

unsigned key_letter_value(char letter) {
    return key_letter_values[static_cast<unsigned char>(letter)];
}

bool is_key_prefix(std::string_view text) {
    return text.size() == key_prefix_length && text.starts_with(key_mark) &&
           std::all_of(text.begin() + key_mark.size(), text.end(), is_key_letter);
}

std::string_view prefix_of_key(std::string_view text) {
    const auto prefix = text.substr(0, key_prefix_length);
    const bool goes_on = text.size() > prefix.size() && text[prefix.size()] == '_';
    return goes_on && is_key_prefix(prefix) ? prefix : std::string_view{};
}

std::string without_keys(std::string_view given) {
    const std::string kept = without_tokens(given);
    std::string_view text = kept;
    std::string out;
    for (;;) {
        const auto mark = std::min(text.find(key_mark), text.size());
        out += text.substr(0, mark);
        text.remove_prefix(mark);
        if (text.empty()) return out;
        const auto prefix = prefix_of_key(text);
        const auto shown = prefix.empty() ? text.substr(0, key_mark.size()) : prefix;
        out += shown;
        text.remove_prefix(shown.size());
        if (prefix.empty()) continue;
        out += "_***";
        text.remove_prefix(1);
        const auto* const end = std::find_if_not(text.begin(), text.end(), is_key_letter);
        text.remove_prefix(static_cast<std::size_t>(end - text.begin()));
    }
}

bool is_url_path(std::string_view path) {
    constexpr std::string_view marks = "-._~!$&'()*+,;=:@/";
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '%') {
            if (i + 2 >= path.size() || !is_hexadecimal(path[i + 1]) || !is_hexadecimal(path[i + 2])) return false;
            i += 2;
        } else if (!is_letter_or_digit(path[i]) && marks.find(path[i]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

bool has_odd_segment(std::string_view path) {
    if (path.starts_with('/')) path.remove_prefix(1);
    while (!path.empty()) {
        const auto segment = path.substr(0, path.find('/'));
        if (segment.empty() || segment == "." || segment == "..") return true;
        path.remove_prefix(std::min(segment.size() + 1, path.size()));
    }
    return false;
}

}  // namespace rollcall::config
