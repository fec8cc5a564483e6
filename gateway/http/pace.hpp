// When somebody who sends or takes bytes too slowly has fallen behind. No clock and no timer: session holds those.
#pragma once

#include "base/clock.hpp"

#include <chrono>
#include <cstddef>

namespace rollcall::gateway {

/// After `grace`, on average since the beginning, at least so many bytes a second.
struct minimum_rate {
    std::chrono::milliseconds grace;
    std::size_t bytes_per_second;

    /// The moment from which on `bytes`, since `began`, are too few. It moves only when more of them come.
    [[nodiscard]] steady_clock::time_point too_slow_from(steady_clock::time_point began, std::size_t bytes) const {
        // In milliseconds, because in the clock's unit the product would overflow from 9 GB on.
        return began + grace + std::chrono::milliseconds{bytes * 1000 / bytes_per_second};
    }
};

}  // namespace rollcall::gateway
