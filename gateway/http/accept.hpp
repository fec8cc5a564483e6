// Whether a client takes JSON: the Accept header.
#pragma once

#include "gateway/http/message.hpp"

namespace rollcall::gateway {

/// Does the request's Accept (RFC 9110, 12.5.1; all its field lines) admit application/json? The most specific range
/// that matches says so, and of equally specific ones the kindest; parameters other than `q` do not count. Without one,
/// and where it is malformed, it does.
[[nodiscard]] bool accepts_json(const request& request);

}  // namespace rollcall::gateway
