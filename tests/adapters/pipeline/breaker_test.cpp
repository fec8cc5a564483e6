// When a provider that keeps failing is left alone, tried again, and trusted again.
#include "adapters/pipeline/breaker.hpp"

#include <doctest/doctest.h>

#include <utility>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;

const steady_clock::time_point start{1000s};
constexpr double middle = 0.5;  // of the jitter: neither longer nor shorter

/// A breaker with a clock that the test moves, through which calls go one after the other.
struct bench {
    explicit bench(config::breaker settings = {}) : breaker(settings) {}

    /// One call; false: it was not granted.
    bool call(verdict verdict) {
        const auto permission = breaker.ask(now);
        if (permission.granted) breaker.tell(permission, verdict, now, middle);
        return permission.granted;
    }
    void calls(unsigned count, verdict verdict, steady_clock::duration apart = 0s) {
        for (unsigned i = 0; i < count; ++i, now += apart)
            CHECK(call(verdict));
    }
    /// Fails until it is open.
    void open() {
        for (unsigned i = 0; breaker.state() == breaker_state::closed; ++i, now += 100ms) {
            REQUIRE(i < 1000);
            call(verdict::failed);
        }
    }
    steady_clock::duration wait() { return breaker.ask(now).wait; }

    adapters::breaker breaker;
    steady_clock::time_point now = start;
};

failure with_status(fault kind, unsigned status) {
    failure failure{kind, "it failed"};
    failure.upstream.status = status;
    return failure;
}

}  // namespace

TEST_CASE("only the provider's own faults are held against it") {
    const std::pair<failure, verdict> cases[] = {
        {with_status(fault::timeout, 0), verdict::failed},
        {with_status(fault::unreachable, 0), verdict::failed},
        {with_status(fault::invalid_response, 200), verdict::failed},
        {with_status(fault::error, 500), verdict::failed},
        {with_status(fault::error, 503), verdict::failed},
        {with_status(fault::error, 599), verdict::failed},
        {with_status(fault::error, 499), verdict::well},
        {with_status(fault::error, 302), verdict::well},
        {with_status(fault::error, 200), verdict::well},
        {with_status(fault::not_found, 404), verdict::well},
        {with_status(fault::rejected, 422), verdict::well},
        {with_status(fault::auth_failed, 401), verdict::well},
        {with_status(fault::rate_limited, 429), verdict::nothing},
        {with_status(fault::circuit_open, 0), verdict::nothing},
        {with_status(fault::overloaded, 0), verdict::nothing},
        {with_status(fault::cancelled, 0), verdict::nothing},
    };
    for (const auto& [failure, expected] : cases) {
        CAPTURE(static_cast<int>(failure.kind));
        CAPTURE(failure.upstream.status);
        CHECK(judge(failure) == expected);
    }
}

TEST_CASE("failures one after the other open it once they are enough and have gone on for a while") {
    bench bench;
    bench.calls(9, verdict::failed, 1s);
    CHECK(bench.breaker.state() == breaker_state::closed);
    bench.call(verdict::failed);
    CHECK(bench.breaker.state() == breaker_state::open);
    CHECK_FALSE(bench.call(verdict::well));
}

TEST_CASE("failures that are far apart are still one after the other") {
    bench bench;
    bench.calls(9, verdict::failed, 1h);
    bench.call(verdict::failed);
    CHECK(bench.breaker.state() == breaker_state::open);
}

TEST_CASE("one blip that fails all that is under way does not open it") {
    bench busy;
    busy.calls(10'000, verdict::well, 1ms);
    busy.calls(900, verdict::failed, 1ms);
    busy.calls(10'000, verdict::well, 1ms);
    CHECK(busy.breaker.state() == breaker_state::closed);

    bench quiet;
    quiet.calls(30, verdict::well, 333ms);
    quiet.calls(19, verdict::failed, 50ms);
    CHECK(quiet.breaker.state() == breaker_state::closed);
}

TEST_CASE("a success between failures begins the count anew, and what says nothing does not") {
    bench bench{{.minimum_calls = 100'000}};
    for (int i = 0; i < 20; ++i) {
        bench.calls(9, verdict::failed, 1s);
        bench.calls(1, verdict::well);
    }
    CHECK(bench.breaker.state() == breaker_state::closed);
    bench.calls(9, verdict::failed, 1s);
    bench.calls(50, verdict::nothing, 1s);
    bench.call(verdict::failed);
    CHECK(bench.breaker.state() == breaker_state::open);
}

TEST_CASE("a share of failures opens it, if there were enough calls in the window") {
    // Every other call fails, ten calls a second.
    bench half;
    for (int i = 0; half.breaker.state() == breaker_state::closed; ++i, half.now += 100ms) {
        REQUIRE(i < 100);
        half.call(i % 2 == 0 ? verdict::well : verdict::failed);
    }
    CHECK(half.now - start == 2s);

    // Two of five fail: less than the share.
    bench less;
    for (int i = 0; i < 1000; ++i, less.now += 100ms)
        less.call(i % 5 < 2 ? verdict::failed : verdict::well);
    CHECK(less.breaker.state() == breaker_state::closed);

    // One call a second: ten in the window, of which nothing follows.
    bench slow;
    for (int i = 0; i < 1000; ++i, slow.now += 1s)
        slow.call(i % 2 == 0 ? verdict::well : verdict::failed);
    CHECK(slow.breaker.state() == breaker_state::closed);
}

TEST_CASE("an old trouble is forgotten when the window has passed over it") {
    bench bench;
    for (int i = 0; i < 19; ++i, bench.now += 100ms)
        bench.call(i % 2 == 0 ? verdict::failed : verdict::well);
    bench.now += 10s;
    bench.calls(3, verdict::well, 100ms);
    bench.calls(3, verdict::failed, 100ms);
    CHECK(bench.breaker.state() == breaker_state::closed);
}

TEST_CASE("it stays open for its time, give or take a fifth, and says how long") {
    const std::pair<double, steady_clock::duration> cases[] = {{0.0, 4s}, {0.5, 5s}, {0.999999, 5999998us}};
    for (const auto& [random, expected] : cases) {
        breaker breaker{{.consecutive_failures = 1, .failing_for = 0ms}};
        breaker.tell(breaker.ask(start), verdict::failed, start, random);
        const auto refused = breaker.ask(start);
        CHECK_FALSE(refused.granted);
        CHECK(refused.wait >= expected - 1us);
        CHECK(refused.wait <= expected + 1us);
        CHECK_FALSE(breaker.ask(start + refused.wait - 1ns).granted);
        CHECK(breaker.ask(start + refused.wait).granted);
    }
}

TEST_CASE("half-open it lets one call through at a time, and closes after as many successes as it takes") {
    bench bench;
    bench.open();
    bench.now += 6s;
    const auto first = bench.breaker.ask(bench.now);
    CHECK(first.granted);
    CHECK(bench.breaker.state() == breaker_state::half_open);
    for (int i = 0; i < 5; ++i)
        CHECK_FALSE(bench.breaker.ask(bench.now).granted);
    bench.breaker.tell(first, verdict::well, bench.now, middle);
    CHECK(bench.breaker.state() == breaker_state::half_open);
    bench.call(verdict::well);
    CHECK(bench.breaker.state() == breaker_state::closed);
    // What was before it opened counts no more.
    bench.calls(9, verdict::failed, 1s);
    CHECK(bench.breaker.state() == breaker_state::closed);
}

TEST_CASE("a try that ends without a word gives its place back") {
    bench bench;
    bench.open();
    bench.now += 6s;
    for (int i = 0; i < 5; ++i)
        CHECK(bench.call(verdict::nothing));
    CHECK(bench.breaker.state() == breaker_state::half_open);
    bench.calls(2, verdict::well);
    CHECK(bench.breaker.state() == breaker_state::closed);
}

TEST_CASE("a failed try opens it for twice as long, up to a longest time, and closing forgets that") {
    bench bench;
    bench.open();
    bench.now -= 100ms;  // when it opened
    for (const auto expected : {5s, 10s, 20s, 40s, 60s, 60s, 60s}) {
        const auto wait = bench.wait();
        CHECK(wait >= expected - 1us);
        CHECK(wait <= expected + 1us);
        bench.now += wait;
        CHECK(bench.call(verdict::failed));
        CHECK(bench.breaker.state() == breaker_state::open);
    }
    bench.now += 61s;
    bench.calls(2, verdict::well);
    bench.open();
    CHECK(bench.wait() <= 5s);
}

TEST_CASE("a failure after a successful try opens it again") {
    bench bench;
    bench.open();
    bench.now += 6s;
    CHECK(bench.call(verdict::well));
    CHECK(bench.call(verdict::failed));
    CHECK(bench.breaker.state() == breaker_state::open);
}

TEST_CASE("the times hold for the longest settings, and however often it opens") {
    bench bench{{.consecutive_failures = 1, .failing_for = 0ms, .open_for = 10min, .open_at_most = 1h}};
    bench.call(verdict::failed);
    for (int i = 0; i < 100; ++i) {
        const auto wait = bench.wait();
        CHECK(wait >= 10min - 1us);
        CHECK(wait <= 1h + 1us);
        bench.now += wait;
        CHECK(bench.call(verdict::failed));
    }
}

TEST_CASE("calls from before it changed are not heard when they end") {
    bench bench;
    const auto early = bench.breaker.ask(bench.now);
    bench.open();
    bench.breaker.tell(early, verdict::well, bench.now, middle);
    CHECK(bench.breaker.state() == breaker_state::open);

    bench.now += 6s;
    const auto trying = bench.breaker.ask(bench.now);
    bench.breaker.tell(early, verdict::failed, bench.now, middle);
    CHECK(bench.breaker.state() == breaker_state::half_open);
    CHECK_FALSE(bench.breaker.ask(bench.now).granted);
    bench.breaker.tell(trying, verdict::failed, bench.now, middle);
    CHECK(bench.breaker.state() == breaker_state::open);
    bench.now += 12s;
    bench.calls(2, verdict::well);
    bench.breaker.tell(trying, verdict::failed, bench.now, middle);
    CHECK(bench.breaker.state() == breaker_state::closed);
}

}  // namespace rollcall::adapters
