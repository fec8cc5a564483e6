// The layer that makes a failed call once more: what comes of it, what it costs, and what ends it.
#include "adapters/pipeline/retry_layer.hpp"

#include "tests/adapters/pipeline/failures.hpp"
#include "tests/adapters/pipeline/fakes.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <doctest/doctest.h>

#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::of_kind;
using tests::request_for;
using tests::with_status;

/// A retry layer before a provider that answers one after the other what the test says, and the last of it from then
/// on.
struct bench {
    explicit bench(std::vector<result<answer>> answers, config::retry_budget settings = {})
        : says(std::move(answers)), budget(settings) {}

    result<answer> ask(operation_kind operation = operation_kind::list) {
        request request = request_for("/a");
        request.operation = operation;
        return tests::run(layer, request);
    }

    std::vector<result<answer>> says;
    tests::counting_observer observer;
    std::minstd_rand random{1};  // its first number makes for a short pause
    shared_retry_budget budget;
    tests::scripted_layer next{
        [this](const request&) { return says[std::min<std::size_t>(next.calls, says.size()) - 1]; }};
    retry_layer layer{next, budget, observer, random};
};

}  // namespace

TEST_CASE("a call that fails once in passing succeeds, and is counted") {
    bench bench{{with_status(503), answer{tests::content_of("second")}}};
    const auto outcome = bench.ask();
    REQUIRE(outcome.has_value());
    CHECK(outcome->content->page.body == "second");
    CHECK(bench.next.calls == 2);
    CHECK(bench.observer.retries == 1);
    CHECK(bench.budget.usual_duration() > 0s);
}

TEST_CASE("a call that keeps failing gives its last failure, and one that is refused is not repeated") {
    bench failing{{with_status(503), with_status(502)}};
    CHECK(failing.ask().error().upstream.status == 502);
    CHECK(failing.next.calls == 2);

    bench refusing{{of_kind(fault::auth_failed)}};
    CHECK(refusing.ask().error().kind == fault::auth_failed);
    CHECK(refusing.next.calls == 1);
}

TEST_CASE("a failure past the deadline is not repeated") {
    bench bench{{with_status(502)}};
    CHECK_FALSE(tests::run(bench.layer, request_for("/a"), steady_clock::now() - 1s).has_value());
    CHECK(bench.next.calls == 1);
}

TEST_CASE("a write is repeated if nothing of it was sent, and else never") {
    for (const auto operation : {operation_kind::create, operation_kind::update, operation_kind::delete_}) {
        bench unsent{{of_kind(fault::unreachable, true), answer{tests::content_of("done")}}};
        CHECK(unsent.ask(operation).has_value());
        CHECK(unsent.next.calls == 2);
        bench sent{{of_kind(fault::unreachable), answer{tests::content_of("done")}}};
        CHECK_FALSE(sent.ask(operation).has_value());
        CHECK(sent.next.calls == 1);
    }
}

TEST_CASE("what our own layers refuse is not repeated, and costs nothing") {
    for (const fault kind : {fault::circuit_open, fault::rate_limited}) {
        bench bench{{of_kind(kind, true)}};
        for (int i = 0; i < 50; ++i)
            CHECK(bench.ask().error().kind == kind);
        CHECK(bench.next.calls == 50);
        CHECK(bench.observer.retries == 0);
        CHECK(bench.observer.count(shed_reason::retry_budget) == 0);
    }
}

TEST_CASE("a second attempt that is not let through leaves the first failure as it was") {
    bench bench{{with_status(503), of_kind(fault::circuit_open, true)}};
    CHECK(bench.ask().error().upstream.status == 503);
    CHECK(bench.next.calls == 2);
}

TEST_CASE("when the budget is spent the failure stands, and that is counted") {
    bench bench{{with_status(503)}, {.percent = 10, .per_second = 0}};
    for (int i = 0; i < 10; ++i)
        (void)bench.ask();
    const unsigned retries = bench.observer.retries;
    CHECK(retries >= 10);
    CHECK(retries <= 11);
    for (int i = 0; i < 20; ++i)
        CHECK(bench.ask().error().upstream.status == 503);
    CHECK(bench.observer.retries <= retries + 2);
    CHECK(bench.observer.count(shed_reason::retry_budget) >= 18);
    CHECK(bench.next.calls == 30 + bench.observer.retries);
}

TEST_CASE("who leaves during the pause is not waited for") {
    failure later = with_status(503);
    later.retry_after = 1h;
    bench bench{{later}};
    const request request = request_for("/a");
    asio::io_context io;
    asio::cancellation_signal leave;
    bool ended = false;
    asio::co_spawn(io, bench.layer.call(request, steady_clock::now() + 2h),
                   asio::bind_cancellation_slot(
                       leave.slot(), [&](const std::exception_ptr&, const result<answer>&) { ended = true; }));
    io.poll();
    CHECK(bench.next.calls == 1);
    CHECK_FALSE(ended);
    leave.emit(asio::cancellation_type::terminal);
    io.restart();
    io.run();
    CHECK(ended);
    CHECK(bench.next.calls == 1);
}

}  // namespace rollcall::adapters
