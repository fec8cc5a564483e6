// A provider's base URL, taken apart. What is done with the parts is not decided here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::config {

struct base_url {
    bool tls = false;
    std::string host;         ///< in lower case, an IPv6 address without its brackets
    std::string port;         ///< decimal; the scheme's own where the URL names none
    std::string path_prefix;  ///< percent-encoded, without a slash at its end; empty for the root
};

/// Reads `http://…` or `https://…`. None for another scheme, user information, a query, a fragment, a host that is no
/// name or address, or a port outside 1–65535.
[[nodiscard]] std::optional<base_url> parse_base_url(std::string_view text);

}  // namespace rollcall::config
