// The positions that a walk has seen, remembered in bounded space, so that a list that runs in circles is noticed.
// It travels in the client's cursor, therefore it is small.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace rollcall::adapters {

/// Remembers the last few positions exactly, which catches a short circle (A, A or A, B, A) at once, and one more that
/// moves on at each power of two (Brent's cycle detection), which catches a circle of any length in the end.
class trail {
  public:
    static constexpr std::size_t remembered = 8;

    /// Has the walk been at `position` before, as far as this remembers?
    [[nodiscard]] bool seen(std::string_view position) const;

    /// The walk goes on to `position`.
    void step(std::string_view position);

    // Its parts, for the cursor.
    std::vector<std::uint64_t> recent{};  ///< hashes of the last positions, oldest first, at most `remembered`
    std::uint64_t mark = 0;               ///< the hash at the last power of two steps
    std::uint32_t steps = 0;
};

}  // namespace rollcall::adapters
