// When something that is fetched again and again, and may fail to come, is fetched next. Plain arithmetic on moments:
// no timer and no connection.
#pragma once

#include "base/clock.hpp"

#include <algorithm>
#include <chrono>

namespace rollcall {

/// How often one thing is refreshed. All of it is above zero.
struct refresh_pace {
    std::chrono::seconds regular;         ///< after a refresh that succeeded
    std::chrono::seconds longest_retry;   ///< the wait after a failure doubles up to this, and is never above `regular`
    std::chrono::seconds smallest_gap;    ///< from one refresh to the next that is asked for, by however many
    std::chrono::seconds first_retry{1};  ///< after the first failure
};

/// Each step gives the moment of the next refresh. Not thread-safe.
class refresh_schedule {
  public:
    explicit refresh_schedule(const refresh_pace& pace) : pace_(pace) {}

    steady_clock::time_point succeeded(steady_clock::time_point now) {
        retry_ = pace_.first_retry;
        return plan(now, pace_.regular);
    }

    steady_clock::time_point failed(steady_clock::time_point now) {
        const auto wait = std::min(retry_, pace_.regular);
        retry_ = std::min(retry_ * 2, pace_.longest_retry);
        return plan(now, wait);
    }

    /// Somebody has reason to think that what is held is out of date. It never makes the next refresh later.
    steady_clock::time_point hurried(steady_clock::time_point now) {
        next_ = std::min(next_, std::max(now, last_ + pace_.smallest_gap));
        return next_;
    }

  private:
    steady_clock::time_point plan(steady_clock::time_point now, std::chrono::seconds wait) {
        last_ = now;
        next_ = now + wait;
        return next_;
    }

    refresh_pace pace_;
    std::chrono::seconds retry_ = pace_.first_retry;
    steady_clock::time_point last_{};
    steady_clock::time_point next_{};
};

}  // namespace rollcall
