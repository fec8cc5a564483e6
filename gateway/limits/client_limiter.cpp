// Counting the requests of one client.
#include "gateway/limits/client_limiter.hpp"

#include <fmt/format.h>

namespace rollcall::gateway {

client_limiter::client_limiter(const config::client_limits& limits) : limits_(limits) {
    if (!limits.rate) return;
    bucket_.emplace(*limits.rate);
    policy_ = rate_limit_policy("client", bucket_->plan());
}

client_limiter::verdict client_limiter::take(steady_clock::time_point now) {
    verdict found;
    if (limits_.concurrent) {
        if (auto turn = place::take(answering_, *limits_.concurrent)) {
            found.turn.emplace(std::move(*turn));
        } else {
            found.excess = client_excess::concurrency;
        }
    }
    if (!bucket_) return found;
    if (found.excess) {
        found.bucket = bucket_->look(now);
        return found;
    }
    found.bucket = bucket_->take(now);
    if (found.bucket.granted) {
        spent_.fetch_add(1, std::memory_order_relaxed);
    } else {
        found.excess = client_excess::rate;
        found.turn.reset();
    }
    return found;
}

bool client_limiter::has_room(steady_clock::time_point now) const {
    if (limits_.concurrent && answering_.load(std::memory_order_relaxed) >= *limits_.concurrent) return false;
    return !bucket_ || bucket_->look(now).granted;
}

void client_limiter::spent_elsewhere(std::uint64_t tokens, steady_clock::time_point now) {
    if (bucket_ && tokens != 0) bucket_->spend(tokens, now);
}

std::string rate_limit_policy(std::string_view name, const bucket_plan& plan) {
    return fmt::format("\"{}\";q={};w={}", name, plan.burst,
                       std::chrono::ceil<std::chrono::seconds>(plan.refill).count());
}

}  // namespace rollcall::gateway
