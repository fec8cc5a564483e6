// The arithmetic of buckets, in the time that is missing until they are full.
#include "gateway/limits/token_bucket.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

using std::chrono::nanoseconds;

/// The shortest interval, and that of a million in a second.
constexpr nanoseconds shortest_interval{1000};
static_assert(steady_clock::duration{1} == nanoseconds{1});

nanoseconds interval_of(const config::request_rate& rate) {
    const nanoseconds per = rate.per;
    return std::max(shortest_interval, nanoseconds{(per.count() + rate.requests - 1) / rate.requests});
}

/// How long the bucket takes from `now` until it is full. Only a clock that went back shows more than it can owe.
nanoseconds missing(const bucket_plan& plan, steady_clock::time_point full_at, steady_clock::time_point now) {
    const auto from = std::clamp(full_at, now, now + 2 * plan.refill);
    return from - now;
}

bucket_step step_of(const bucket_plan& plan, bool granted, nanoseconds missing, steady_clock::time_point now) {
    const nanoseconds held = std::max(plan.refill - missing, nanoseconds{0});
    const auto left = static_cast<std::uint32_t>(held / plan.interval);
    const nanoseconds next_in = plan.interval * (std::int64_t{left} + 1) - (plan.refill - missing);
    return {granted, left, next_in, now + missing};
}

}  // namespace

bucket_plan::bucket_plan(const config::request_rate& rate)
    : interval(interval_of(rate)), burst(rate.burst), refill(interval * std::int64_t{rate.burst}) {}

bucket_step take_token(const bucket_plan& plan, steady_clock::time_point full_at, steady_clock::time_point now) {
    const nanoseconds before = missing(plan, full_at, now);
    const bool granted = before + plan.interval <= plan.refill;
    return step_of(plan, granted, granted ? before + plan.interval : before, now);
}

bucket_step look_at_bucket(const bucket_plan& plan, steady_clock::time_point full_at, steady_clock::time_point now) {
    const nanoseconds before = missing(plan, full_at, now);
    return step_of(plan, before + plan.interval <= plan.refill, before, now);
}

steady_clock::time_point spend_tokens(const bucket_plan& plan, steady_clock::time_point full_at, std::uint64_t tokens,
                                      steady_clock::time_point now) {
    const auto counted = static_cast<std::int64_t>(std::min<std::uint64_t>(tokens, 2 * std::uint64_t{plan.burst}));
    return now + std::min(missing(plan, full_at, now) + counted * plan.interval, 2 * plan.refill);
}

}  // namespace rollcall::gateway
