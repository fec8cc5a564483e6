// What may be spent on second attempts: bringing in, paying, and how long an attempt takes.
#include "adapters/pipeline/retry_budget.hpp"

#include <algorithm>

namespace rollcall::adapters {
namespace {

/// What one retry costs, so that a call brings in its percentage.
constexpr unsigned cost = 100;

double kept_maximum_of(const config::retry_budget& settings) {
    if (settings.percent == 0 && settings.per_second == 0) return 0;
    return cost * std::max(retry_budget::least_kept, retry_budget::seconds_kept * settings.per_second);
}

/// The newest duration counts for an eighth, as in TCP's estimate of its round trips (RFC 6298, 2.3).
constexpr int smoothing = 8;

}  // namespace

retry_budget::retry_budget(const config::retry_budget& settings)
    : settings_(settings), kept_maximum_(kept_maximum_of(settings)), kept_(kept_maximum_) {}

void retry_budget::called() {
    kept_ = std::min(kept_maximum_, kept_ + settings_.percent);
}

double retry_budget::kept(steady_clock::time_point now) const {
    // Threads may come with times in another order than they took them.
    if (now <= filled_at_) return kept_;
    const std::chrono::duration<double> passed = now - filled_at_;
    return std::min(kept_maximum_, kept_ + passed.count() * settings_.per_second * cost);
}

unsigned retry_budget::left(steady_clock::time_point now) const {
    return static_cast<unsigned>(kept(now) / cost);
}

bool retry_budget::pay(steady_clock::time_point now) {
    kept_ = kept(now);
    filled_at_ = std::max(filled_at_, now);
    if (kept_ < cost) return false;
    kept_ -= cost;
    return true;
}

void retry_budget::succeeded(steady_clock::duration took) {
    usual_ = usual_ == steady_clock::duration::zero() ? took : usual_ + (took - usual_) / smoothing;
}

}  // namespace rollcall::adapters
