// One more attempt: the decision, and the pause before it.
#include "adapters/pipeline/retry.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::adapters {
namespace {

bool is_passing(const failure& failure) {
    if (failure.kind == fault::unreachable) return true;
    if (failure.kind != fault::error) return false;
    const unsigned status = failure.upstream.status;
    return status == 502 || status == 503 || status == 504;
}

bool only_reads(const request& request) {
    return request.operation == operation_kind::list || request.operation == operation_kind::get;
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_policy::pause_before(unsigned next, const request& request,
                                                                    const failure& failure, steady_clock::duration left,
                                                                    double random) const {
    if (next > attempts || !only_reads(request) || !is_passing(failure)) return std::nullopt;
    auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(longest_pause * random);
    // The provider's own word on when to come back outweighs the jitter.
    if (failure.retry_after && *failure.retry_after > pause) pause = *failure.retry_after;
    if (pause + shortest_attempt > left) return std::nullopt;
    return pause;
}

awaitable<result<answer>> retry_layer::call(const request& request, deadline until) {
    for (unsigned attempt = 1;; ++attempt) {
        result<answer> outcome = co_await next_.call(request, until);
        if (outcome.has_value()) co_return outcome;
        const double random = std::uniform_real_distribution<double>{0, 1}(random_);
        const auto pause =
            policy_.pause_before(attempt + 1, request, outcome.error(), until - steady_clock::now(), random);
        if (!pause) co_return outcome;

        observer_.retried(request.operation);
        const executor executor = co_await asio::this_coro::executor;
        asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, rollcall::executor> timer{executor,
                                                                                                            *pause};
        boost::system::error_code error;
        const asio::use_awaitable_t<rollcall::executor> token;
        co_await timer.async_wait(asio::redirect_error(token, error));
        if (error) co_return failure{fault::cancelled, "nobody waits for the answer any more"};
    }
}

}  // namespace rollcall::adapters
