// A late call and another beside it: which answer counts, what becomes of the other, and when there is none.
#include "adapters/pipeline/hedge_layer.hpp"

#include "adapters/pipeline/retry_layer.hpp"
#include "base/timer.hpp"
#include "tests/adapters/pipeline/failures.hpp"
#include "tests/adapters/pipeline/fakes.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::content_of;
using tests::of_kind;
using tests::request_for;
using tests::with_status;

/// Holds every attempt until the test says how it ends, or until it is cancelled.
class attempts_layer : public layer {
  public:
    awaitable<result<answer>> call(const request&, deadline) override {
        const executor executor = co_await asio::this_coro::executor;
        steady_timer gate{executor, steady_clock::time_point::max()};
        attempt& self = attempts_.emplace_back(&gate);
        boost::system::error_code error;
        const asio::use_awaitable_t<rollcall::executor> token;
        co_await gate.async_wait(asio::redirect_error(token, error));
        if (!self.outcome) {
            ++cancelled;
            co_return failure{fault::cancelled, "it was cancelled"};
        }
        co_return *self.outcome;
    }

    void end(std::size_t number, result<answer> outcome) {
        attempts_.at(number).outcome = std::move(outcome);
        attempts_.at(number).gate->cancel();
    }

    [[nodiscard]] std::size_t begun() const { return attempts_.size(); }
    unsigned cancelled = 0;

  private:
    struct attempt {
        explicit attempt(steady_timer* gate) : gate(gate) {}
        steady_timer* gate;  ///< lives while the attempt is under way
        std::optional<result<answer>> outcome;
    };
    std::deque<attempt> attempts_;
};

struct situation {
    config::retry_budget budget{};
    unsigned samples = 20;
    unsigned failures_to_open = 1;
    steady_clock::duration late = 1ms;
};

/// One in which nothing becomes late while a test runs.
constexpr situation nothing_late{.late = 10min};

/// A provider's reads through the retry layer, as in the pipeline; late is what takes longer than those before.
struct bench {
    explicit bench(const situation& at_first = {})
        : budget(at_first.budget),
          breaker({.consecutive_failures = at_first.failures_to_open,
                   .failing_for = 0ms,
                   .open_for = 1h,
                   .open_at_most = 1h},
                  observer) {
        for (unsigned i = 0; i < at_first.samples; ++i)
            budget.first_took(at_first.late);
    }
    ~bench() { io.reset(); }

    void begin(operation_kind operation = operation_kind::list, deadline until = steady_clock::now() + 1h) {
        call.operation = operation;
        asio::co_spawn(*io, retry.call(call, until),
                       asio::bind_cancellation_slot(gone.slot(), [this](const std::exception_ptr& thrown,
                                                                        result<answer> returned) {
                           outcome = thrown ? result<answer>{failure{fault::cancelled, "thrown"}} : std::move(returned);
                       }));
        run_what_is_ready();
    }
    void run_what_is_ready() {
        io->restart();
        io->poll();
    }
    void run_until_begun(std::size_t count) {
        const auto limit = steady_clock::now() + 30s;
        while (provider.begun() < count && steady_clock::now() < limit)
            run_what_is_ready();
        REQUIRE(provider.begun() == count);
    }
    /// Long enough for a late attempt to be sent, if there were one.
    void run_past_lateness() {
        for (const auto until = steady_clock::now() + 10ms; steady_clock::now() < until;)
            run_what_is_ready();
        run_what_is_ready();
    }
    void end(std::size_t number, result<answer> how) {
        provider.end(number, std::move(how));
        run_what_is_ready();
    }
    [[nodiscard]] std::string body() const {
        REQUIRE(outcome);
        REQUIRE(outcome->has_value());
        return (*outcome)->content->page.body;
    }

    tests::counting_observer observer;
    std::minstd_rand random{1};
    std::unique_ptr<asio::io_context> io = std::make_unique<asio::io_context>(1);
    shared_retry_budget budget;
    shared_breaker breaker;
    attempts_layer provider;
    breaker_layer before_provider{provider, breaker, observer, random};
    hedge_layer hedge{before_provider, budget, breaker, observer};
    retry_layer retry{before_provider, budget, observer, random, &hedge};
    request call = request_for("/a");
    asio::cancellation_signal gone;
    std::optional<result<answer>> outcome;
};

answer answer_of(const char* body) {
    return answer{content_of(body)};
}

}  // namespace

TEST_CASE("a call that is late is made once more, and where the later answer comes first the other is cancelled") {
    bench bench;
    bench.begin();
    bench.run_until_begun(2);
    CHECK_FALSE(bench.outcome);
    bench.end(1, answer_of("second"));
    CHECK(bench.body() == "second");
    CHECK(bench.provider.cancelled == 1);
    CHECK(bench.observer.hedges_won == 1);
    CHECK(bench.observer.hedges_lost == 0);
    // The one that lost says nothing of the provider.
    CHECK(bench.breaker.state() == breaker_state::closed);
    CHECK(bench.observer.retries == 0);
}

TEST_CASE("where the first answer comes first all the same, the later attempt is cancelled") {
    bench bench;
    bench.begin();
    bench.run_until_begun(2);
    bench.end(0, answer_of("first"));
    CHECK(bench.body() == "first");
    CHECK(bench.provider.cancelled == 1);
    CHECK(bench.observer.hedges_won == 0);
    CHECK(bench.observer.hedges_lost == 1);
    CHECK(bench.breaker.state() == breaker_state::closed);
}

TEST_CASE("where one of the two fails the other is waited for, whichever it is") {
    for (const std::size_t failing : {0U, 1U}) {
        bench bench;
        bench.begin();
        bench.run_until_begun(2);
        bench.end(failing, of_kind(fault::not_found));
        CHECK_FALSE(bench.outcome);
        CHECK(bench.provider.cancelled == 0);
        bench.end(1 - failing, answer_of("other"));
        CHECK(bench.body() == "other");
        CHECK(bench.observer.hedges_won == (failing == 0 ? 1 : 0));
        CHECK(bench.provider.begun() == 2);
    }
}

TEST_CASE("where both fail the later failure counts, and there is no third attempt") {
    for (const std::size_t sooner : {0U, 1U}) {
        bench bench;
        bench.begin();
        bench.run_until_begun(2);
        bench.end(sooner, of_kind(fault::overloaded));
        bench.end(1 - sooner, with_status(503));
        REQUIRE(bench.outcome);
        CHECK(bench.outcome->error().upstream.status == 503);
        bench.run_past_lateness();
        CHECK(bench.provider.begun() == 2);
        CHECK(bench.observer.retries == 0);
        CHECK(bench.observer.hedges_lost == 1);
    }
}

TEST_CASE("a call that fails before it is late is tried again as ever, and the second attempt is not hedged") {
    bench bench{{.failures_to_open = 10, .late = 10min}};
    bench.begin();
    bench.end(0, of_kind(fault::unreachable));
    bench.run_until_begun(2);
    bench.run_past_lateness();
    CHECK(bench.provider.begun() == 2);
    bench.end(1, answer_of("second"));
    CHECK(bench.body() == "second");
    CHECK(bench.observer.retries == 1);
    CHECK(bench.observer.hedges_lost + bench.observer.hedges_won == 0);
}

TEST_CASE("as long as too few calls have succeeded none is late") {
    bench bench{{.samples = 19}};
    bench.begin();
    bench.run_past_lateness();
    CHECK(bench.provider.begun() == 1);
    bench.end(0, answer_of("first"));
    CHECK(bench.body() == "first");
    // That was the twentieth.
    bench.begin();
    bench.run_until_begun(3);
}

TEST_CASE("a call that fails says nothing of how long calls take") {
    bench bench{{.samples = 19}};
    bench.begin();
    bench.end(0, of_kind(fault::not_found));
    REQUIRE(bench.outcome);
    CHECK_FALSE(bench.budget.hedge_after(1h));
}

TEST_CASE(
    "a first attempt that lost counts with the time that it had, so that what is late does not become ever less") {
    bench bench;
    for (std::size_t i = 0; i < 2; ++i) {
        bench.begin();
        bench.run_until_begun(2 * i + 2);
        bench.end(2 * i + 1, answer_of("second"));
    }
    // Two of twenty-two were late; a millisecond was all that the others took.
    CHECK(bench.budget.hedge_after(1h) > 1ms);
}

TEST_CASE("a write is never hedged") {
    for (const auto operation : {operation_kind::create, operation_kind::update, operation_kind::delete_}) {
        bench bench;
        bench.begin(operation);
        bench.run_past_lateness();
        CHECK(bench.provider.begun() == 1);
        bench.end(0, answer_of("done"));
        CHECK(bench.body() == "done");
    }
}

TEST_CASE("what could not end before the deadline is not sent") {
    bench bench;
    bench.begin(operation_kind::list, steady_clock::now() + 1ms);
    bench.run_past_lateness();
    CHECK(bench.provider.begun() == 1);
}

TEST_CASE("a breaker that is not closed lets no late attempt through") {
    bench bench;
    const auto now = steady_clock::now();
    bench.breaker.tell(bench.breaker.ask(now), verdict::failed, now, 0.5);
    REQUIRE(bench.breaker.state() == breaker_state::open);
    SUBCASE("open") {}
    SUBCASE("half-open") {
        CHECK(bench.breaker.ask(now + 2h).granted);
        REQUIRE(bench.breaker.state() == breaker_state::half_open);
    }
    // The call itself was let through before.
    hedge_layer hedge{bench.provider, bench.budget, bench.breaker, bench.observer};
    std::optional<hedge_layer::attempted> ended;
    asio::co_spawn(*bench.io, hedge.call(bench.call, steady_clock::now() + 1h),
                   [&](const std::exception_ptr&, hedge_layer::attempted attempted) { ended = std::move(attempted); });
    bench.run_past_lateness();
    CHECK(bench.provider.begun() == 1);
    CHECK(bench.observer.count(shed_reason::retry_budget) == 0);
    bench.end(0, answer_of("first"));
    REQUIRE(ended);
    CHECK(ended->outcome.has_value());
    CHECK(ended->attempts == 1);
}

TEST_CASE("where the budget is spent the call goes on alone, and that is counted") {
    bench bench{{.budget = {.percent = 0, .per_second = 0}}};
    bench.begin();
    bench.run_past_lateness();
    CHECK(bench.provider.begun() == 1);
    CHECK(bench.observer.count(shed_reason::retry_budget) == 1);
    bench.end(0, answer_of("first"));
    CHECK(bench.body() == "first");
    CHECK(bench.observer.hedges_lost == 0);
}

TEST_CASE("a late attempt that our own layers refuse is none") {
    bench bench;
    tests::scripted_layer refusing{[](const request&) { return result<answer>{of_kind(fault::rate_limited, true)}; }};
    // The quota has room for the first attempt only.
    class narrow_layer : public layer {
      public:
        narrow_layer(layer& first, layer& others) : first_(first), others_(others) {}
        awaitable<result<answer>> call(const request& request, deadline until) override {
            return calls_++ == 0 ? first_.call(request, until) : others_.call(request, until);
        }

      private:
        layer& first_;
        layer& others_;
        unsigned calls_ = 0;
    };
    narrow_layer quota{bench.provider, refusing};
    hedge_layer hedge{quota, bench.budget, bench.breaker, bench.observer};
    const request call = request_for("/a");
    std::optional<hedge_layer::attempted> ended;
    asio::co_spawn(*bench.io, hedge.call(call, steady_clock::now() + 1h),
                   [&](const std::exception_ptr&, hedge_layer::attempted attempted) { ended = std::move(attempted); });
    const auto limit = steady_clock::now() + 30s;
    while (refusing.calls == 0 && steady_clock::now() < limit)
        bench.run_what_is_ready();
    REQUIRE(refusing.calls == 1);
    CHECK_FALSE(ended);
    bench.end(0, with_status(503));
    REQUIRE(ended);
    CHECK(ended->attempts == 1);
    CHECK(ended->outcome.error().upstream.status == 503);
    CHECK(bench.observer.hedges_lost == 0);
}

TEST_CASE("who leaves stops both attempts, or the one that there is") {
    for (const std::size_t begun : {1U, 2U}) {
        bench bench{begun == 1 ? nothing_late : situation{}};
        bench.begin();
        bench.run_until_begun(begun);
        bench.gone.emit(asio::cancellation_type::terminal);
        bench.run_what_is_ready();
        REQUIRE(bench.outcome);
        CHECK(bench.outcome->error().kind == fault::cancelled);
        CHECK(bench.provider.cancelled == begun);
        CHECK(bench.breaker.state() == breaker_state::closed);
        bench.run_past_lateness();
        CHECK(bench.provider.begun() == begun);
    }
}

TEST_CASE("an event loop may go away under both attempts, or under the wait for the later one") {
    for (const std::size_t begun : {1U, 2U}) {
        bench bench{begun == 1 ? nothing_late : situation{}};
        bench.begin();
        bench.run_until_begun(begun);
        bench.io.reset();
        CHECK_FALSE(bench.outcome);
    }
}

}  // namespace rollcall::adapters
