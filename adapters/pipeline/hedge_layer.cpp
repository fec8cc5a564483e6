// The first attempt of a read and another beside it: the race of the two.
#include "adapters/pipeline/hedge_layer.hpp"

#include "adapters/pipeline/retry.hpp"
#include "base/timer.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace rollcall::adapters {

/// The two attempts of one call. It outlives both.
struct hedge_layer::race {
    const adapters::request& request;
    deadline until;
    steady_clock::time_point began;
    steady_clock::time_point late_at;
    bool first_ended = false;
    bool hedged = false;  ///< the later attempt has begun
    /// How long the first took or, where it lost, had taken by then.
    std::optional<steady_clock::duration> first_waited{};
};

/// Ends what need not go on: the attempt that lost, and the wait for a later one where the first has ended before.
struct hedge_layer::referee {
    hedge_layer::race& race;

    asio::cancellation_type operator()(const std::exception_ptr& thrown, const result<answer>& first) const {
        const bool won = !thrown && first.has_value();
        note_first();
        race.first_ended = true;
        return won || !race.hedged ? asio::cancellation_type::terminal : asio::cancellation_type::none;
    }

    asio::cancellation_type operator()(const std::exception_ptr& thrown,
                                       const std::optional<result<answer>>& second) const {
        if (thrown || !second || second->has_error()) return asio::cancellation_type::none;
        note_first();
        return asio::cancellation_type::terminal;
    }

    void note_first() const {
        if (!race.first_waited) race.first_waited = steady_clock::now() - race.began;
    }
};

awaitable<hedge_layer::attempted> hedge_layer::call(const request& request, deadline until) {
    const auto began = steady_clock::now();
    if (const auto after = budget_.hedge_after(until - began)) {
        race race{request, until, began, began + *after};
        co_return co_await run(race);
    }
    attempted alone;
    alone.outcome = co_await next_.call(request, until);
    if (alone.outcome.has_value()) budget_.first_took(steady_clock::now() - began);
    co_return alone;
}

awaitable<hedge_layer::attempted> hedge_layer::run(race& race) {
    const executor executor = co_await asio::this_coro::executor;
    auto first = asio::co_spawn(executor, next_.call(race.request, race.until), asio::deferred);
    auto second = asio::co_spawn(executor, late_attempt(race), asio::deferred);
    auto both = asio::experimental::make_parallel_group(std::move(first), std::move(second));
    const referee referee{race};
    const asio::use_awaitable_t<rollcall::executor> token;
    auto ended = co_await both.async_wait(referee, token);
    auto& [order, first_thrown, first_outcome, second_thrown, second_outcome] = ended;
    // Asio throws into an attempt that is cancelled.
    const failure cancelled{fault::cancelled, "nobody waits for the answer any more"};
    if (first_thrown) first_outcome = cancelled;
    if (second_thrown) second_outcome = race.hedged ? std::optional{result<answer>{cancelled}} : std::nullopt;
    co_return conclude(race, order, std::move(first_outcome), std::move(second_outcome));
}

awaitable<std::optional<result<answer>>> hedge_layer::late_attempt(race& race) {
    const executor executor = co_await asio::this_coro::executor;
    steady_timer late{executor, race.late_at};
    boost::system::error_code error;
    const asio::use_awaitable_t<rollcall::executor> token;
    co_await late.async_wait(asio::redirect_error(token, error));
    if (error || race.first_ended || !may_hedge()) co_return std::nullopt;
    race.hedged = true;
    result<answer> outcome = co_await next_.call(race.request, race.until);
    std::optional<result<answer>> ended{std::move(outcome)};
    co_return ended;
}

bool hedge_layer::may_hedge() {
    // Half-open it lets one call through at a time, and that one is under way.
    if (breaker_.state() != breaker_state::closed) return false;
    if (budget_.pay(steady_clock::now())) return true;
    observer_.shed(shed_reason::retry_budget);
    return false;
}

hedge_layer::attempted hedge_layer::conclude(const race& race, const std::array<std::size_t, 2>& order,
                                             result<answer> first, std::optional<result<answer>> second) {
    // One that our own layers did not let through was no attempt.
    if (second && second->has_error() && is_refused_by_us(second->error())) second.reset();
    const bool second_came_first = second && order.front() == 1;
    const bool won = second && second->has_value() && (first.has_error() || second_came_first);
    // A first attempt that lost counts with the time that it had had: left out, those that are late would be missing
    // from what is late, which would then become ever less.
    if (first.has_value() || (won && second_came_first)) budget_.first_took(*race.first_waited);
    attempted attempted;
    attempted.attempts = second ? 2 : 1;
    if (second) observer_.hedged(won);
    const bool take_second = won || (second && first.has_error() && !second_came_first);
    attempted.outcome = take_second ? *std::move(second) : std::move(first);
    return attempted;
}

}  // namespace rollcall::adapters
