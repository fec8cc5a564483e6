// The request line and the authority, read strictly (RFC 9112, section 3). Fields are head_check.
#pragma once

#include "gateway/http/message.hpp"
#include "gateway/http/problem.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace rollcall::gateway {

/// Why a request is refused before any handler sees it. The connection closes after the answer.
struct head_fault {
    problem_code code = problem_code::malformed_request;
    std::string_view detail;  ///< a literal
};

/// Longer than any method; what exceeds it is refused before its end has come.
inline constexpr std::size_t longest_method = 32;

struct request_line {
    gateway::method method = method::get;  ///< never `other`
    std::string_view path;                 ///< begins with `/`
    std::string_view query;                ///< behind the `?`
    std::string_view authority;            ///< of an absolute-form target; empty otherwise
    bool http_1_0 = false;                 ///< else 1.1 or a later 1.x
};

/// Reads a request line without its line end. Views in `out` are of `line`, or literals.
[[nodiscard]] std::optional<head_fault> read_request_line(std::string_view line, std::size_t uri_bytes,
                                                          request_line& out);

/// Whether `text` is `host[:port]` with a host that is not empty: a registered name, an IPv4 address or a bracketed
/// IPv6 address; no userinfo.
[[nodiscard]] bool is_authority(std::string_view text);

}  // namespace rollcall::gateway
