// What the threads share of one provider's second attempts, each call under its lock.
#include "adapters/pipeline/shared_retry_budget.hpp"

namespace rollcall::adapters {

void shared_retry_budget::called() {
    const std::lock_guard lock{mutex_};
    budget_.called();
}

bool shared_retry_budget::pay(steady_clock::time_point now) {
    const std::lock_guard lock{mutex_};
    return budget_.pay(now);
}

unsigned shared_retry_budget::left(steady_clock::time_point now) const {
    const std::lock_guard lock{mutex_};
    return budget_.left(now);
}

void shared_retry_budget::succeeded(steady_clock::duration took) {
    const std::lock_guard lock{mutex_};
    budget_.succeeded(took);
}

steady_clock::duration shared_retry_budget::usual_duration() const {
    const std::lock_guard lock{mutex_};
    return budget_.usual_duration();
}

void shared_retry_budget::first_took(steady_clock::duration took) {
    const std::lock_guard lock{mutex_};
    firsts_.add(took);
}

std::optional<steady_clock::duration> shared_retry_budget::hedge_after(steady_clock::duration left) const {
    const std::lock_guard lock{mutex_};
    return adapters::hedge_after(firsts_, budget_.usual_duration(), left);
}

}  // namespace rollcall::adapters
