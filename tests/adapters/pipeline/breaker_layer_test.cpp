// The layer that keeps calls from a failing provider: what is refused, what is judged, and what a cancelled call
// leaves.
#include "adapters/pipeline/breaker_layer.hpp"

#include "base/timer.hpp"
#include "tests/adapters/pipeline/fakes.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::request_for;

config::breaker opens_at_once(std::chrono::milliseconds open_for = 1h) {
    return {.consecutive_failures = 3, .failing_for = 0ms, .open_for = open_for, .open_at_most = open_for};
}

failure failing(fault kind = fault::unreachable) {
    return {kind, "it failed"};
}

struct bench {
    explicit bench(const config::breaker& settings) : breaker(settings, observer) {}

    result<answer> says = failing();
    tests::counting_observer observer;
    std::minstd_rand random{1};
    shared_breaker breaker;
    tests::scripted_layer next{[this](const request&) { return says; }};
    breaker_layer layer{next, breaker, observer, random};
};

/// Never answers.
class silent_layer : public layer {
  public:
    awaitable<result<answer>> call(const request&, deadline) override {
        ++calls;
        const executor executor = co_await asio::this_coro::executor;
        steady_timer forever{executor, steady_clock::time_point::max()};
        const asio::use_awaitable_t<rollcall::executor> token;
        co_await forever.async_wait(token);
        co_return failing();
    }
    unsigned calls = 0;
};

}  // namespace

TEST_CASE("a provider that keeps failing is not asked any more, and the refusal says when to come back") {
    bench bench{opens_at_once()};
    for (int i = 0; i < 3; ++i)
        CHECK(tests::run(bench.layer, request_for("/a")).error().kind == fault::unreachable);
    CHECK(bench.breaker.state() == breaker_state::open);
    CHECK(bench.observer.breaker == breaker_state::open);
    const auto refused = tests::run(bench.layer, request_for("/a"));
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == fault::circuit_open);
    CHECK(refused.error().unsent);
    REQUIRE(refused.error().retry_after);
    CHECK(*refused.error().retry_after > 45min);
    CHECK(*refused.error().retry_after < 73min);
    CHECK(bench.next.calls == 3);
    CHECK(bench.observer.count(shed_reason::breaker) == 1);
}

TEST_CASE("a provider that is well again is asked by one, and then by all") {
    bench bench{opens_at_once(1ms)};
    for (int i = 0; i < 3; ++i)
        (void)tests::run(bench.layer, request_for("/a"));
    bench.says = answer{tests::content_of("well")};
    while (bench.breaker.state() != breaker_state::closed) {
        const auto outcome = tests::run(bench.layer, request_for("/a"));
        if (outcome.has_error()) CHECK(outcome.error().kind == fault::circuit_open);
    }
    CHECK(bench.observer.breaker == breaker_state::closed);
    CHECK(bench.next.calls == 5);
}

TEST_CASE("what is not the provider's fault never keeps anyone from it") {
    for (const fault kind : {fault::not_found, fault::rejected, fault::auth_failed, fault::rate_limited,
                             fault::overloaded, fault::cancelled, fault::circuit_open}) {
        bench bench{opens_at_once()};
        bench.says = failing(kind);
        for (int i = 0; i < 50; ++i)
            CHECK(tests::run(bench.layer, request_for("/a")).error().kind == kind);
        CHECK(bench.breaker.state() == breaker_state::closed);
    }
}

TEST_CASE("a try that is cancelled gives its place to the next, and so does one that is destroyed") {
    bench bench{opens_at_once(1ms)};
    for (int i = 0; i < 3; ++i)
        (void)tests::run(bench.layer, request_for("/a"));
    silent_layer silent;
    breaker_layer layer{silent, bench.breaker, bench.observer, bench.random};
    const request request = request_for("/a");
    for (const bool cancel : {true, false}) {
        const unsigned before = silent.calls;
        asio::io_context io;
        asio::cancellation_signal stop;
        while (silent.calls == before) {
            asio::co_spawn(io, layer.call(request, steady_clock::time_point::max()),
                           asio::bind_cancellation_slot(stop.slot(), [](const std::exception_ptr&, result<answer>) {}));
            io.restart();
            io.poll();
        }
        CHECK(bench.breaker.state() == breaker_state::half_open);
        CHECK_FALSE(bench.breaker.ask(steady_clock::now()).granted);
        if (cancel) {
            stop.emit(asio::cancellation_type::terminal);
            io.restart();
            io.run();
        }
        if (cancel) CHECK(bench.breaker.state() == breaker_state::half_open);
    }
    bench.says = answer{tests::content_of("well")};
    CHECK(tests::run(bench.layer, request).has_value());
    CHECK(tests::run(bench.layer, request).has_value());
    CHECK(bench.breaker.state() == breaker_state::closed);
}

TEST_CASE("threads share one breaker: while half-open exactly one of them is let through") {
    tests::counting_observer observer;
    shared_breaker breaker{{.consecutive_failures = 1, .failing_for = 0ms}, observer};
    const steady_clock::time_point start = steady_clock::now();
    breaker.tell(breaker.ask(start), verdict::failed, start, 0.5);
    std::atomic<int> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int times = 0; times < 1000; ++times)
                granted += breaker.ask(start + 1min).granted;
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(granted == 1);
    CHECK(observer.breaker == breaker_state::half_open);
}

}  // namespace rollcall::adapters
