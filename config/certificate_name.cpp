// Names of certificates as text.
#include "config/certificate_name.hpp"

#include "base/text.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>

namespace rollcall::config {
namespace {

constexpr std::string_view dns = "DNS:";
constexpr std::string_view uri = "URI:";
constexpr std::string_view email = "email:";
constexpr std::size_t host_maximum = 253;  // RFC 1035, section 2.3.4, as text

bool is_host_character(char byte) {
    const char letter = lower(byte);
    return (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' ||
           letter == '.';
}

/// Labels with a dot between them, and none at the end, as certificates have them.
bool is_host(std::string_view text) {
    const bool has_empty_label =
        text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos;
    return !has_empty_label && text.size() <= host_maximum && std::ranges::all_of(text, is_host_character);
}

bool is_uri(std::string_view text) {
    return boost::urls::parse_uri({text.data(), text.size()}).has_value();
}

bool is_email(std::string_view text) {
    const auto at = text.rfind('@');
    if (at == std::string_view::npos || at == 0) return false;
    const bool visible = std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte <= '~'; });
    return visible && is_host(text.substr(at + 1));
}

/// Where the part begins of which the case does not matter; the end where there is none.
std::size_t host_begin(std::string_view name) {
    if (name.starts_with(dns)) return dns.size();
    const auto at = name.starts_with(email) ? name.rfind('@') : std::string_view::npos;
    return at == std::string_view::npos ? name.size() : at;
}

}  // namespace

std::string certificate_name_problem(std::string_view text) {
    if (text.starts_with(dns)) {
        if (text.find('*') != std::string_view::npos) return "must be one whole name: there are no wildcards";
        return is_host(text.substr(dns.size())) ? "" : "must be a host name behind DNS:";
    }
    if (text.starts_with(uri)) return is_uri(text.substr(uri.size())) ? "" : "must be a whole URI behind URI:";
    if (text.starts_with(email)) return is_email(text.substr(email.size())) ? "" : "must be an address behind email:";
    return "expected DNS:NAME, URI:URI or email:ADDRESS, as a certificate's subject alternative names have them";
}

bool certificate_name_order::operator()(std::string_view left, std::string_view right) const {
    const std::size_t left_host = host_begin(left);
    const std::size_t right_host = host_begin(right);
    const std::size_t shorter = std::min(left.size(), right.size());
    for (std::size_t i = 0; i < shorter; ++i) {
        const char a = i < left_host ? left[i] : lower(left[i]);
        const char b = i < right_host ? right[i] : lower(right[i]);
        if (a != b) return a < b;
    }
    return left.size() < right.size();
}

}  // namespace rollcall::config
