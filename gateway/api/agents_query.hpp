// What a client asks GET /agents for, read from its query and headers.
#pragma once

#include "gateway/api/parameters.hpp"
#include "gateway/api/projection.hpp"
#include "gateway/roster/cursor.hpp"
#include "gateway/roster/roster.hpp"

#include <optional>
#include <span>
#include <string>

namespace rollcall::gateway {

inline constexpr std::uint32_t largest_page = 200;
inline constexpr std::uint32_t usual_page = 50;

struct agents_query {
    roster_query roster;
    gateway::projection projection;
    bool deny_partial = false;
    std::string canonical_filters;  ///< equal for equal filters of one client; what a cursor is bound to
};

/// Does the client want every provider asked afresh (`Cache-Control: no-cache`, RFC 9111, 5.2.1.4)?
[[nodiscard]] bool wants_fresh(const request& request);

/// Reads the query; `provider_names` are those of which the client knows. The second is the problem to answer with, if
/// there is one.
[[nodiscard]] std::pair<agents_query, std::optional<problem>> read_agents_query(
    const request& request, std::span<const std::string> provider_names, cursor_codec& cursors,
    system_clock::time_point now);

}  // namespace rollcall::gateway
