// When a name is looked up again. Plain arithmetic on moments: no timer and no resolver.
#pragma once

#include "base/clock.hpp"

#include <algorithm>

namespace rollcall::adapters {

/// Each step gives the moment of the next lookup.
class refresh_schedule {
  public:
    static constexpr std::chrono::seconds regular{30};      ///< after a lookup that succeeded
    static constexpr std::chrono::seconds first_retry{1};   ///< after one that failed; doubled up to `regular`
    static constexpr std::chrono::seconds smallest_gap{1};  ///< between two lookups, however often one is asked for

    steady_clock::time_point succeeded(steady_clock::time_point now) {
        retry_ = first_retry;
        return plan(now, regular);
    }

    steady_clock::time_point failed(steady_clock::time_point now) {
        const auto wait = retry_;
        retry_ = std::min(retry_ * 2, regular);
        return plan(now, wait);
    }

    /// Somebody found the known addresses unreachable.
    steady_clock::time_point hurried(steady_clock::time_point now) {
        next_ = std::min(next_, std::max(now, last_ + smallest_gap));
        return next_;
    }

  private:
    steady_clock::time_point plan(steady_clock::time_point now, std::chrono::seconds wait) {
        last_ = now;
        next_ = now + wait;
        return next_;
    }

    std::chrono::seconds retry_ = first_retry;
    steady_clock::time_point last_{};
    steady_clock::time_point next_{};
};

}  // namespace rollcall::adapters
