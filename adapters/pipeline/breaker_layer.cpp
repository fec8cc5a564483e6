// Keeps calls from a provider that keeps failing: asking the breaker, and telling it how calls end.
#include "adapters/pipeline/breaker_layer.hpp"

#include <algorithm>

namespace rollcall::adapters {

breaker::permission shared_breaker::ask(steady_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    const breaker_state before = breaker_.state();
    const breaker::permission permission = breaker_.ask(now);
    report_from(before);
    return permission;
}

void shared_breaker::tell(const breaker::permission& permission, verdict verdict, steady_clock::time_point now,
                          double random) {
    const std::lock_guard lock{mutex_};
    const breaker_state before = breaker_.state();
    breaker_.tell(permission, verdict, now, random);
    report_from(before);
}

breaker_state shared_breaker::state() const {
    const std::lock_guard lock{mutex_};
    return breaker_.state();
}

void shared_breaker::report_from(breaker_state before) {
    if (breaker_.state() != before) observer_.breaker_changed(breaker_.state());
}

namespace {

/// A call that was let through. One that is unwound before its end says nothing of the provider, and gives back its
/// place among those that try whether it is well again.
class passage {
  public:
    passage(shared_breaker& breaker, const breaker::permission& permission, std::minstd_rand& random)
        : breaker_(breaker), permission_(permission), random_(random) {}
    passage(const passage&) = delete;
    passage& operator=(const passage&) = delete;
    ~passage() {
        const double random = std::uniform_real_distribution<double>{0, 1}(random_);
        breaker_.tell(permission_, verdict_, steady_clock::now(), random);
    }

    void end(const result<answer>& outcome) { verdict_ = outcome.has_value() ? verdict::well : judge(outcome.error()); }

  private:
    shared_breaker& breaker_;
    breaker::permission permission_;
    std::minstd_rand& random_;
    verdict verdict_ = verdict::nothing;
};

failure left_alone(steady_clock::duration wait) {
    failure failure{fault::circuit_open, "it failed too often lately and is left alone for a while"};
    // Who comes back at once would only be refused again.
    failure.retry_after = std::max(std::chrono::ceil<std::chrono::seconds>(wait), std::chrono::seconds{1});
    failure.unsent = true;
    return failure;
}

}  // namespace

awaitable<result<answer>> breaker_layer::call(const request& request, deadline until) {
    const breaker::permission permission = breaker_.ask(steady_clock::now());
    if (!permission.granted) {
        observer_.shed(shed_reason::breaker);
        co_return left_alone(permission.wait);
    }
    passage passage{breaker_, permission, random_};
    result<answer> outcome = co_await next_.call(request, until);
    passage.end(outcome);
    co_return outcome;
}

}  // namespace rollcall::adapters
