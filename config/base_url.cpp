// Base URLs: Boost.URL does the syntax, this file the rules for a provider's URL.
#include "config/base_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace rollcall::config {
namespace {

constexpr std::string_view http_port = "80";
constexpr std::string_view https_port = "443";

// The host stands in the Host header and in SNI, so a percent-encoded control character must not get through.
bool is_host_character(char character) {
    return (character >= 'a' && character <= 'z') || (character >= '0' && character <= '9') || character == '-' ||
           character == '.' || character == '_';
}

std::optional<std::string> read_host(const boost::urls::url_view& url) {
    std::string host = url.host_address();
    std::transform(host.begin(), host.end(), host.begin(), [](char character) {
        return character >= 'A' && character <= 'Z' ? char(character + 32) : character;
    });
    if (url.host_type() == boost::urls::host_type::ipv6) return host;
    if (url.host_type() == boost::urls::host_type::ipvfuture) return std::nullopt;
    if (host.empty() || !std::all_of(host.begin(), host.end(), is_host_character)) return std::nullopt;
    return host;
}

}  // namespace

std::optional<base_url> parse_base_url(std::string_view text) {
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed) return std::nullopt;
    const boost::urls::url_view& url = *parsed;
    const bool tls = url.scheme_id() == boost::urls::scheme::https;
    if (!tls && url.scheme_id() != boost::urls::scheme::http) return std::nullopt;
    if (!url.has_authority() || url.has_userinfo() || url.has_query() || url.has_fragment()) return std::nullopt;

    // Boost.URL 1.81 takes what is left of a malformed port for a path.
    const std::string_view path(url.encoded_path().data(), url.encoded_path().size());
    if (!path.empty() && !path.starts_with('/')) return std::nullopt;

    auto host = read_host(url);
    if (!host) return std::nullopt;
    base_url result{tls, std::move(*host), std::string(tls ? https_port : http_port), {}};
    if (url.has_port() && !url.port().empty()) {
        // Boost.URL gives 0 for a number that does not fit.
        if (url.port_number() == 0) return std::nullopt;
        result.port = std::to_string(url.port_number());
    }
    result.path_prefix = path.substr(0, path.find_last_not_of('/') + 1);
    return result;
}

}  // namespace rollcall::config
