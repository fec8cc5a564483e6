// A bucket of tokens: one is taken for each request, and they come back at an even rate. The state machine, without
// clock or lock; shared_bucket makes it one that threads share.
#pragma once

#include "base/clock.hpp"
#include "config/settings.hpp"

#include <chrono>
#include <cstdint>

namespace rollcall::gateway {

/// What a bucket holds and how it fills. Its state is one moment: that in which it is full again, which is the
/// "theoretical arrival time" of the generic cell rate algorithm (ITU-T I.371, annex A). Each token that is taken moves
/// it away by `interval`.
struct bucket_plan {
    explicit bucket_plan(const config::request_rate& rate);

    std::chrono::nanoseconds interval;  ///< between two tokens that come back, rounded up, so by a thousandth at most
    std::uint32_t burst;                ///< tokens of a full bucket
    std::chrono::nanoseconds refill;    ///< from empty to full; at most 365 days

    bool operator==(const bucket_plan&) const = default;
};

/// Before anything was taken.
inline constexpr steady_clock::time_point always_full = steady_clock::time_point::min();

/// What a request finds.
struct bucket_step {
    bool granted = false;
    std::uint32_t left = 0;              ///< whole tokens, after it
    std::chrono::nanoseconds next_in{};  ///< until there is one more than `left`; never zero
    steady_clock::time_point full_at{};  ///< the state after it
};

/// One request at `now`, before which the bucket was to be full at `full_at`. Nothing is taken where it is not granted.
/// A clock that went back empties no bucket below what it can owe. `now` must be a year from the clock's ends.
[[nodiscard]] bucket_step take_token(const bucket_plan& plan, steady_clock::time_point full_at,
                                     steady_clock::time_point now);

/// The same without the request: `granted` says whether one would be.
[[nodiscard]] bucket_step look_at_bucket(const bucket_plan& plan, steady_clock::time_point full_at,
                                         steady_clock::time_point now);

/// The state after `tokens` were taken without asking. The bucket then owes at most as many as it holds when full.
[[nodiscard]] steady_clock::time_point spend_tokens(const bucket_plan& plan, steady_clock::time_point full_at,
                                                    std::uint64_t tokens, steady_clock::time_point now);

}  // namespace rollcall::gateway
