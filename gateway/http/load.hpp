// How much of a port's limits is taken, over all threads.
#pragma once

#include "config/settings.hpp"
#include "gateway/http/admission.hpp"
#include "gateway/http/held_bytes.hpp"
#include "gateway/http/place.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>

namespace rollcall::gateway {

struct listener_load {
    std::atomic<std::size_t> connections{0};
    /// Of requests' bodies that did not come with their heads, from their arrival to the end of the answer.
    std::atomic<std::size_t> body_bytes{0};
    gateway::admission admission;  ///< of requests
};

/// How many `body_bytes` there may be: one body of the greatest size always fits, and where all must be small, some
/// thousands do.
[[nodiscard]] constexpr std::size_t most_body_bytes(const config::limits& limits) {
    constexpr std::size_t greatest_bodies = 64;
    constexpr std::size_t least = 16 * 1024 * 1024;
    return std::max(least, greatest_bodies * limits.body_bytes);
}

}  // namespace rollcall::gateway
