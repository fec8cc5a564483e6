// The URL of an issuer's key set: the rules for it, and taking it apart. Asking it is gateway/access.
#pragma once

#include <string>
#include <string_view>

namespace rollcall::config {

struct key_set_url {
    bool tls = true;
    std::string host;    ///< in lower case, an IPv6 address without its brackets
    std::string port;    ///< decimal; the scheme's own where the URL names none
    std::string target;  ///< path and query as they are asked for, percent-encoded; at least `/`
};

/// What is wrong with `https://host[:port][/path][?query]`, or with the same of http where the host is a literal
/// address of loopback; empty: nothing. Whoever can change the keys on their way makes tokens, so that nothing else
/// will do.
[[nodiscard]] std::string key_set_url_problem(std::string_view url);

/// One that has no problem, in its parts.
[[nodiscard]] key_set_url parse_key_set_url(std::string_view url);

}  // namespace rollcall::config
