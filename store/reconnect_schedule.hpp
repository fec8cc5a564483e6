// When a Redis that was lost, could not be had or was too slow is tried again. Who tries is client.
#pragma once

#include <algorithm>
#include <chrono>

namespace rollcall::store {

/// Pauses that double from try to try, each with its jitter, so that replicas that lost Redis together do not come back
/// together. Not thread-safe.
class reconnect_schedule {
  public:
    static constexpr std::chrono::milliseconds first_pause{100};
    static constexpr std::chrono::milliseconds longest_pause{3000};

    /// It has been of use: the next pause is a first one again.
    void worked() { pause_ = first_pause; }

    /// How long to wait now that one has failed: from half the pause to all of it. `random` is from 0 to 1.
    [[nodiscard]] std::chrono::milliseconds failed(double random) {
        const auto now = pause_;
        pause_ = std::min(2 * pause_, longest_pause);
        const double share = 0.5 + random / 2;
        return std::chrono::milliseconds{
            static_cast<std::chrono::milliseconds::rep>(share * static_cast<double>(now.count()))};
    }

  private:
    std::chrono::milliseconds pause_ = first_pause;
};

}  // namespace rollcall::store
