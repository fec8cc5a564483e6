// What the threads share of one provider's second attempts: what may be spent on them, and how long attempts take.
#pragma once

#include "adapters/pipeline/hedge.hpp"
#include "adapters/pipeline/retry_budget.hpp"

#include <mutex>

namespace rollcall::adapters {

/// Thread-safe.
class shared_retry_budget {
  public:
    explicit shared_retry_budget(const config::retry_budget& settings) : budget_(settings) {}

    void called();
    [[nodiscard]] bool pay(steady_clock::time_point now);
    [[nodiscard]] unsigned left(steady_clock::time_point now) const;
    void succeeded(steady_clock::duration took);
    [[nodiscard]] steady_clock::duration usual_duration() const;

    /// For hedging: the first attempt of a read took so long.
    void first_took(steady_clock::duration took);
    /// See adapters::hedge_after.
    [[nodiscard]] std::optional<steady_clock::duration> hedge_after(steady_clock::duration left) const;

  private:
    mutable std::mutex mutex_;
    retry_budget budget_;
    recent_durations firsts_;
};

}  // namespace rollcall::adapters
