// Durations and sizes as people write them: a whole number and its unit.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::config {

/// Decimal digits, with a leading minus if negative; numbers beyond 64 bits become the nearest that fits, so that a
/// range check refuses them. Empty: no whole number.
[[nodiscard]] std::optional<std::int64_t> parse_whole(std::string_view text);

/// `250ms`, `3s`, `5m`, `72h`; too large becomes the largest. Empty: no duration.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// `512B`, `64KiB`, `1MiB`, `1GiB`; too large becomes the largest. Empty: no size.
[[nodiscard]] std::optional<std::size_t> parse_size(std::string_view text);

/// A moment as RFC 3339 writes it to the second, such as `2027-01-31T00:00:00Z` or `2027-01-31T00:00:00+02:00`. Empty:
/// no such moment.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> parse_moment(std::string_view text);

/// Durations and sizes in the largest unit that needs no fraction.
[[nodiscard]] std::string format_duration(std::chrono::milliseconds duration);
[[nodiscard]] std::string format_size(std::size_t bytes);

}  // namespace rollcall::config
