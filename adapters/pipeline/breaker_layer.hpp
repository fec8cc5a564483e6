// Keeps calls from a provider that keeps failing: the breaker that the threads share, and the layer that asks it.
#pragma once

#include "adapters/pipeline/breaker.hpp"
#include "adapters/pipeline/layer.hpp"

#include <mutex>
#include <random>

namespace rollcall::adapters {

/// The breaker of one provider, for all threads. Thread-safe. The observer, which is told of each change while the
/// breaker is locked, must outlive it.
class shared_breaker {
  public:
    shared_breaker(const config::breaker& settings, upstream_observer& observer)
        : breaker_(settings), observer_(observer) {}

    [[nodiscard]] breaker::permission ask(steady_clock::time_point now);
    void tell(const breaker::permission& permission, verdict verdict, steady_clock::time_point now, double random);
    [[nodiscard]] breaker_state state() const;

  private:
    void report_from(breaker_state before);

    mutable std::mutex mutex_;
    breaker breaker_;
    upstream_observer& observer_;
};

/// Fails with circuit_open, unsent, while the breaker grants nothing.
class breaker_layer : public layer {
  public:
    /// Everything must outlive it; `random` belongs to the layer's thread.
    breaker_layer(layer& next, shared_breaker& breaker, upstream_observer& observer, std::minstd_rand& random)
        : next_(next), breaker_(breaker), observer_(observer), random_(random) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    layer& next_;
    shared_breaker& breaker_;
    upstream_observer& observer_;
    std::minstd_rand& random_;
};

}  // namespace rollcall::adapters
