// One more attempt where the first failed and a second can do no harm.
#pragma once

#include "adapters/pipeline/layer.hpp"

#include <optional>
#include <random>

namespace rollcall::adapters {

/// The decision, without clock or timer.
struct retry_policy {
    unsigned attempts = 2;                           ///< the first included
    std::chrono::milliseconds longest_pause{100};    ///< full jitter: the pause is anything from zero to this
    std::chrono::milliseconds shortest_attempt{20};  ///< an attempt that has less time than this is not begun

    /// How long to pause before attempt number `next` (from 2); empty: there is none. `random` is uniform in [0, 1).
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause_before(unsigned next, const request& request,
                                                                        const failure& failure,
                                                                        steady_clock::duration left,
                                                                        double random) const;
};

/// Repeats calls that read (GET, and the list call of a profile that lists with POST) after a connection failure or a
/// 502, 503 or 504. It waits on its own thread's timer.
class retry_layer : public layer {
  public:
    retry_layer(layer& next, upstream_observer& observer, std::minstd_rand& random)
        : next_(next), observer_(observer), random_(random) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    layer& next_;
    upstream_observer& observer_;
    std::minstd_rand& random_;
    retry_policy policy_;
};

}  // namespace rollcall::adapters
