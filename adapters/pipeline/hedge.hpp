// When a call is late, so that another attempt beside it is worth its price: the decision, without clock, lock or
// timer. Who acts on it is hedge_layer; what all second attempts together may cost is retry_budget.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace rollcall::adapters {

/// How long the latest calls took. Not thread-safe.
class recent_durations {
  public:
    static constexpr std::size_t window = 128;  ///< so many calls are looked back on
    static constexpr std::size_t fewest = 20;   ///< with fewer there is no saying what is late

    void add(steady_clock::duration took);

    /// What 95 of 100 took at most (the nearest rank); empty while there are too few.
    [[nodiscard]] std::optional<steady_clock::duration> percentile_95() const;

  private:
    std::array<steady_clock::duration, window> latest_{};  // as a ring
    std::size_t added_ = 0;                                // ever
};

/// How long to wait for a call before another is sent beside it; empty: none is, because it is not known what is late,
/// or because the other could not end before the deadline, which is `left` away. `usual` is what a call that succeeds
/// takes; zero: not known.
[[nodiscard]] std::optional<steady_clock::duration> hedge_after(const recent_durations& durations,
                                                                steady_clock::duration usual,
                                                                steady_clock::duration left);

}  // namespace rollcall::adapters
