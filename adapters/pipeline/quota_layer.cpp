// Keeps the calls to a provider within its quota: taking, giving back, and heeding a refusal.
#include "adapters/pipeline/quota_layer.hpp"

#include <algorithm>

namespace rollcall::adapters {

quota_account::ticket shared_quota::take(steady_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    return account_.take(now);
}

void shared_quota::end(const quota_account::ticket& ticket, quota_account::outcome outcome) {
    const std::lock_guard lock{mutex_};
    account_.end(ticket, outcome);
}

announced_quota shared_quota::announce(const announced_quota& announced, steady_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    return account_.announce(announced, now);
}

void shared_quota::refused(std::optional<std::chrono::seconds> retry_after, steady_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    account_.refused(retry_after, now);
}

std::optional<std::uint64_t> shared_quota::left(steady_clock::time_point now) const {
    const std::lock_guard lock{mutex_};
    return account_.left(now);
}

namespace {

using verdict = replica_ticket::verdict;

/// A call that has taken its part. One that is unwound before its end may have been sent.
class expense {
  public:
    expense(shared_quota& quota, const quota_account::ticket& ticket, const replicas* replicas)
        : quota_(quota), ticket_(ticket), replicas_(replicas) {}
    expense(const expense&) = delete;
    expense& operator=(const expense&) = delete;
    ~expense() {
        quota_.end(ticket_, outcome_);
        const bool unsent = outcome_ == quota_account::outcome::unsent;
        if (unsent && shared_.is == verdict::granted) replicas_->store().give_back(replicas_->account(), shared_);
    }

    void was_shared(const replica_ticket& shared) { shared_ = shared; }
    void was_not_sent() { outcome_ = quota_account::outcome::unsent; }

  private:
    shared_quota& quota_;
    quota_account::ticket ticket_;
    const replicas* replicas_;
    replica_ticket shared_{};  // of all replicas' account
    quota_account::outcome outcome_ = quota_account::outcome::sent;
};

failure spent(steady_clock::duration wait) {
    failure failure{fault::rate_limited, "its quota is spent, so it was not asked"};
    failure.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
    failure.unsent = true;
    return failure;
}

failure nobody_waits() {
    failure failure{fault::cancelled, "nobody waits for the answer any more"};
    failure.unsent = true;
    return failure;
}

}  // namespace

awaitable<result<answer>> quota_layer::call(const request& request, deadline until) {
    const quota_account::ticket ticket = quota_.take(steady_clock::now());
    if (!ticket.granted) {
        observer_.shed(shed_reason::quota);
        co_return spent(ticket.wait);
    }
    expense expense{quota_, ticket, replicas_};
    if (replicas_ != nullptr) {
        const replica_ticket shared = co_await replicas_->store().take(replicas_->account(), until);
        expense.was_shared(shared);
        if (shared.is == verdict::refused || shared.is == verdict::cancelled) expense.was_not_sent();
        if (shared.is == verdict::cancelled) co_return nobody_waits();
        if (shared.is == verdict::refused) {
            observer_.shed(shed_reason::quota);
            co_return spent(shared.wait);
        }
    }
    result<answer> outcome = co_await next_.call(request, until);
    if (outcome.has_error()) {
        const failure& failure = outcome.error();
        if (failure.unsent) expense.was_not_sent();
        if (failure.kind == fault::rate_limited) refused(failure);
    }
    co_return outcome;
}

void quota_layer::refused(const failure& failure) {
    quota_.refused(failure.retry_after, steady_clock::now());
    if (replicas_ == nullptr) return;
    const auto time = std::min(failure.retry_after.value_or(quota_account::shortest_hold), quota_account::longest_hold);
    replicas_->store().hold(replicas_->account(), time);
}

}  // namespace rollcall::adapters
