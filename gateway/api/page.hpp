// What every answer that is a page, or was kept for a while, says of itself.
#pragma once

#include "gateway/http/message.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// Appends the member `page` of an envelope; an empty `next_cursor` says that there is no more.
void append_page(std::string& out, std::uint32_t limit, std::size_t count, std::string_view next_cursor);

/// How long ago that was, at least 0; empty, of what never came: 0.
template<typename Duration>
[[nodiscard]] Duration age_of(std::optional<steady_clock::time_point> received_at, steady_clock::time_point now) {
    const auto age = now - received_at.value_or(now);
    return std::chrono::duration_cast<Duration>(std::max(age, steady_clock::duration::zero()));
}

/// Says how old the oldest part of the answer is, in seconds (RFC 9111, 5.1).
void add_age(response& response, std::optional<steady_clock::time_point> oldest, steady_clock::time_point now);

}  // namespace rollcall::gateway
