// When a URL is asked for its key set again. Plain arithmetic on moments: no timer and no connection.
#pragma once

#include "base/clock.hpp"

#include <algorithm>
#include <chrono>

namespace rollcall::gateway {

/// Each step gives the moment of the next question.
class refresh_plan {
  public:
    static constexpr std::chrono::seconds first_retry{1};  ///< after a failure; doubled up to `longest_retry`
    static constexpr std::chrono::seconds longest_retry{60};
    /// Between the last question and one that a token causes, whoever made it and however many there are.
    static constexpr std::chrono::seconds smallest_gap{60};

    /// `regular` lies between two questions that are answered.
    explicit refresh_plan(std::chrono::seconds regular) : regular_(regular) {}

    steady_clock::time_point succeeded(steady_clock::time_point now) {
        retry_ = first_retry;
        return plan(now, regular_);
    }

    steady_clock::time_point failed(steady_clock::time_point now) {
        const auto wait = std::min(retry_, regular_);
        retry_ = std::min(retry_ * 2, longest_retry);
        return plan(now, wait);
    }

    /// A token names a key that is not in the set.
    steady_clock::time_point asked(steady_clock::time_point now) {
        next_ = std::min(next_, std::max(now, last_ + smallest_gap));
        return next_;
    }

  private:
    steady_clock::time_point plan(steady_clock::time_point now, std::chrono::seconds wait) {
        last_ = now;
        next_ = now + wait;
        return next_;
    }

    std::chrono::seconds regular_;
    std::chrono::seconds retry_ = first_retry;
    steady_clock::time_point last_{};
    steady_clock::time_point next_{};
};

}  // namespace rollcall::gateway
