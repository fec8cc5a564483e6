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

void shared_quota::announce(const announced_quota& announced, steady_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    account_.announce(announced, now);
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

/// A call that has taken its part. One that is unwound before its end may have been sent.
class expense {
  public:
    expense(shared_quota& quota, const quota_account::ticket& ticket) : quota_(quota), ticket_(ticket) {}
    expense(const expense&) = delete;
    expense& operator=(const expense&) = delete;
    ~expense() { quota_.end(ticket_, outcome_); }

    void was_not_sent() { outcome_ = quota_account::outcome::unsent; }

  private:
    shared_quota& quota_;
    quota_account::ticket ticket_;
    quota_account::outcome outcome_ = quota_account::outcome::sent;
};

failure spent(steady_clock::duration wait) {
    failure failure{fault::rate_limited, "its quota is spent, so it was not asked"};
    failure.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
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
    expense expense{quota_, ticket};
    result<answer> outcome = co_await next_.call(request, until);
    if (outcome.has_error()) {
        const failure& failure = outcome.error();
        if (failure.unsent) expense.was_not_sent();
        if (failure.kind == fault::rate_limited) quota_.refused(failure.retry_after, steady_clock::now());
    }
    co_return outcome;
}

}  // namespace rollcall::adapters
