// What a client is told of a cursor that cannot be used.
#pragma once

#include "gateway/http/problem.hpp"
#include "gateway/roster/cursor.hpp"

namespace rollcall::gateway {

/// invalid_cursor or cursor_expired, naming the parameter `cursor`.
[[nodiscard]] problem cursor_problem(cursor_error error);

}  // namespace rollcall::gateway
