// A bucket of tokens that threads share without a lock. What it decides is token_bucket.
#pragma once

#include "gateway/limits/token_bucket.hpp"

#include <atomic>

namespace rollcall::gateway {

/// Thread-safe; begins full.
class shared_bucket {
  public:
    explicit shared_bucket(const config::request_rate& rate) : plan_(rate) {}

    [[nodiscard]] const bucket_plan& plan() const { return plan_; }

    bucket_step take(steady_clock::time_point now) {
        return change([&](steady_clock::time_point full_at) { return take_token(plan_, full_at, now); });
    }

    [[nodiscard]] bucket_step look(steady_clock::time_point now) const {
        return look_at_bucket(plan_, moment(full_at_.load(std::memory_order_relaxed)), now);
    }

    void spend(std::uint64_t tokens, steady_clock::time_point now) {
        change([&](steady_clock::time_point full_at) {
            return bucket_step{.full_at = spend_tokens(plan_, full_at, tokens, now)};
        });
    }

  private:
    static steady_clock::time_point moment(steady_clock::rep since_epoch) {
        return steady_clock::time_point{steady_clock::duration{since_epoch}};
    }

    /// A request that changes nothing, because it is refused, writes nothing.
    template<class Step>
    bucket_step change(const Step& step) {
        auto held = full_at_.load(std::memory_order_relaxed);
        for (;;) {
            const bucket_step next = step(moment(held));
            const auto after = next.full_at.time_since_epoch().count();
            if (after == held || full_at_.compare_exchange_weak(held, after, std::memory_order_relaxed)) return next;
        }
    }

    bucket_plan plan_;
    std::atomic<steady_clock::rep> full_at_{always_full.time_since_epoch().count()};
};

}  // namespace rollcall::gateway
