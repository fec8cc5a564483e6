// One more attempt: paying for it, the pause before it, and which failure is told.
#include "adapters/pipeline/retry_layer.hpp"

#include "adapters/pipeline/hedge_layer.hpp"
#include "base/timer.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::adapters {

awaitable<result<answer>> retry_layer::call(const request& request, deadline until) {
    std::optional<failure> first;
    for (unsigned attempt = 1;; ++attempt) {
        const auto began = steady_clock::now();
        result<answer> outcome;
        if (!first && hedge_ != nullptr && !is_write(request.operation)) {
            hedge_layer::attempted attempted = co_await hedge_->call(request, until);
            attempt = attempted.attempts;
            outcome = std::move(attempted.outcome);
        } else {
            outcome = co_await next_.call(request, until);
        }
        if (outcome.has_value()) {
            if (!first) budget_.called();
            budget_.succeeded(steady_clock::now() - began);
            co_return outcome;
        }
        if (is_refused_by_us(outcome.error())) {
            // That the second attempt was not let through says less than why there was to be one.
            if (first) co_return *std::move(first);
            co_return outcome;
        }
        if (!first) budget_.called();

        const auto pause = pause_before(attempt + 1, request, outcome.error(), until);
        if (!pause) co_return outcome;
        first = std::move(outcome).error();
        const executor executor = co_await asio::this_coro::executor;
        steady_timer timer{executor, *pause};
        boost::system::error_code error;
        const asio::use_awaitable_t<rollcall::executor> token;
        co_await timer.async_wait(asio::redirect_error(token, error));
        if (error) co_return failure{fault::cancelled, "nobody waits for the answer any more"};
    }
}

std::optional<std::chrono::milliseconds> retry_layer::pause_before(unsigned next, const request& request,
                                                                   const failure& failure, deadline until) {
    const auto now = steady_clock::now();
    retry_policy::situation situation;
    situation.next = next;
    situation.left = until - now;
    situation.usual = budget_.usual_duration();
    situation.random = std::uniform_real_distribution<double>{0, 1}(random_);
    const auto pause = policy_.pause_before(situation, request.operation, failure);
    if (!pause) return std::nullopt;
    if (!budget_.pay(now)) {
        observer_.shed(shed_reason::retry_budget);
        return std::nullopt;
    }
    observer_.retried(request.operation);
    return pause;
}

}  // namespace rollcall::adapters
