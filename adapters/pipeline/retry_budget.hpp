// What may be spent on second attempts, so that they do not bury a provider that is down: the account, without clock
// or lock.
#pragma once

#include "base/clock.hpp"
#include "config/settings.hpp"

namespace rollcall::adapters {

/// Each call brings in a part of a retry, each second some more, and each retry costs one. Not thread-safe.
class retry_budget {
  public:
    /// What is not spent is kept up to what so many seconds bring in, and at least `least_kept`.
    static constexpr unsigned seconds_kept = 10;
    static constexpr unsigned least_kept = 10;

    explicit retry_budget(const config::retry_budget& settings);

    /// A call was made, for the first time.
    void called();

    /// Pays for one retry; false: there is not enough.
    [[nodiscard]] bool pay(steady_clock::time_point now);

    /// How many retries could be paid for.
    [[nodiscard]] unsigned left(steady_clock::time_point now) const;

    /// A call succeeded in `took`.
    void succeeded(steady_clock::duration took);

    /// How long a call that succeeds takes lately; zero while that is not known.
    [[nodiscard]] steady_clock::duration usual_duration() const { return usual_; }

  private:
    [[nodiscard]] double kept(steady_clock::time_point now) const;

    config::retry_budget settings_;
    double kept_maximum_;  // in hundredths of a retry, as is
    double kept_;          // what was kept at `filled_at_`, and has been brought in by calls since
    steady_clock::time_point filled_at_{};
    steady_clock::duration usual_{};
};

}  // namespace rollcall::adapters
