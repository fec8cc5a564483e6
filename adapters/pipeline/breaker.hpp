// When a provider that keeps failing is left alone: the decision, without clock, lock or socket. Who acts on it is
// breaker_layer.
#pragma once

#include "adapters/observer.hpp"
#include "adapters/pipeline/rolling_count.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"
#include "config/settings.hpp"

#include <cstdint>

namespace rollcall::adapters {

/// What the end of a call says of the provider.
enum class verdict : std::uint8_t {
    well,     ///< it answers, even if it refuses
    failed,   ///< its own fault: no whole answer in time, no connection, an unreadable answer, a 5xx
    nothing,  ///< it was not asked, or not waited for, or says that it was asked too often
};
/// Of a call that failed; one that succeeded says `well`.
[[nodiscard]] verdict judge(const failure& failure);

/// Closed until failures open it; open until its time is over; half-open, one call at a time is let through to see
/// whether the provider is well again. Not thread-safe.
class breaker {
  public:
    explicit breaker(const config::breaker& settings);

    /// Whether a call may be made.
    struct permission {
        bool granted = false;
        std::uint64_t era = 0;          ///< of the breaker when it was granted
        steady_clock::duration wait{};  ///< of one that is not granted: how long it will be like that; at least zero
    };
    [[nodiscard]] permission ask(steady_clock::time_point now);

    /// A call that was granted has ended; to be told once for each. What a call that was let through before the breaker
    /// last changed says is not heard: it tells of the past. `random` is uniform in [0, 1).
    void tell(const permission& permission, verdict verdict, steady_clock::time_point now, double random);

    [[nodiscard]] breaker_state state() const { return state_; }

  private:
    static constexpr int window_slots = 10;

    void change(breaker_state to);
    void count(verdict verdict, steady_clock::time_point now, double random);
    void open(steady_clock::time_point now, double random);
    [[nodiscard]] bool has_failed_too_often(steady_clock::time_point now) const;

    config::breaker settings_;
    breaker_state state_ = breaker_state::closed;
    std::uint64_t era_ = 0;  // counts the changes of state

    // Closed.
    rolling_count<window_slots> calls_;
    rolling_count<window_slots> failures_;
    unsigned run_ = 0;  // failures since the last success
    steady_clock::time_point run_began_{};

    // Open.
    steady_clock::time_point open_until_{};
    unsigned openings_ = 0;  // since it was last closed

    // Half-open.
    bool probing_ = false;
    unsigned successes_ = 0;
};

}  // namespace rollcall::adapters
