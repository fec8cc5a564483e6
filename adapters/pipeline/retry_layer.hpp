// One more attempt where the first failed and a second can do no harm, within the provider's retry budget.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/retry.hpp"
#include "adapters/pipeline/shared_retry_budget.hpp"

#include <random>

namespace rollcall::adapters {

class hedge_layer;

/// Repeats calls after a connection failure or a 502, 503 or 504; those that write only where nothing of the first was
/// sent. What a layer below refuses is not repeated, nor is what hedging has made twice already. It waits on its own
/// thread's timer.
class retry_layer : public layer {
  public:
    /// Everything must outlive it; `random` belongs to the layer's thread. With `hedge`, which passes its calls on to
    /// `next`, that makes the first attempt of reads.
    retry_layer(layer& next, shared_retry_budget& budget, upstream_observer& observer, std::minstd_rand& random,
                hedge_layer* hedge = nullptr)
        : next_(next), budget_(budget), observer_(observer), random_(random), hedge_(hedge) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause_before(unsigned next, const request& request,
                                                                        const failure& failure, deadline until);

    layer& next_;
    shared_retry_budget& budget_;
    upstream_observer& observer_;
    std::minstd_rand& random_;
    hedge_layer* hedge_;  // null: no call is hedged
    retry_policy policy_;
};

}  // namespace rollcall::adapters
