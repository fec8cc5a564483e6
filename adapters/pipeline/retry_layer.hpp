// One more attempt where the first failed and a second can do no harm, within the provider's retry budget.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/retry.hpp"
#include "adapters/pipeline/retry_budget.hpp"

#include <mutex>
#include <random>

namespace rollcall::adapters {

/// The retry budget of one provider, for all threads. Thread-safe.
class shared_retry_budget {
  public:
    explicit shared_retry_budget(const config::retry_budget& settings) : budget_(settings) {}

    void called();
    [[nodiscard]] bool pay(steady_clock::time_point now);
    void succeeded(steady_clock::duration took);
    [[nodiscard]] steady_clock::duration usual_duration() const;

  private:
    mutable std::mutex mutex_;
    retry_budget budget_;
};

/// Repeats calls after a connection failure or a 502, 503 or 504; those that write only where nothing of the first was
/// sent. What a layer below refuses is not repeated. It waits on its own thread's timer.
class retry_layer : public layer {
  public:
    /// Everything must outlive it; `random` belongs to the layer's thread.
    retry_layer(layer& next, shared_retry_budget& budget, upstream_observer& observer, std::minstd_rand& random)
        : next_(next), budget_(budget), observer_(observer), random_(random) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause_before(unsigned next, const request& request,
                                                                        const failure& failure, deadline until);

    layer& next_;
    shared_retry_budget& budget_;
    upstream_observer& observer_;
    std::minstd_rand& random_;
    retry_policy policy_;
};

}  // namespace rollcall::adapters
