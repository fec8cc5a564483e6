// When a failed call is made once more: the decision by tables, and the layer that acts on it.
#include "adapters/pipeline/retry.hpp"

#include "tests/adapters/pipeline/fakes.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;

failure with_status(unsigned status) {
    failure failure{fault::error, "it failed"};
    failure.upstream.status = status;
    return failure;
}

failure of_kind(fault kind) {
    return {kind, "it failed"};
}

}  // namespace

TEST_CASE("only failures that pass are worth a second attempt") {
    const retry_policy policy;
    const request request;
    for (const unsigned status : {502U, 503U, 504U})
        CHECK(policy.pause_before(2, request, with_status(status), 1s, 0.5) == 50ms);
    CHECK(policy.pause_before(2, request, of_kind(fault::unreachable), 1s, 0.5) == 50ms);
    for (const unsigned status : {0U, 301U, 400U, 404U, 409U, 500U, 501U, 505U}) {
        CHECK_FALSE(policy.pause_before(2, request, with_status(status), 1s, 0.5));
    }
    for (const fault kind :
         {fault::timeout, fault::rate_limited, fault::auth_failed, fault::circuit_open, fault::invalid_response,
          fault::not_found, fault::rejected, fault::overloaded, fault::cancelled}) {
        CHECK_FALSE(policy.pause_before(2, request, of_kind(kind), 1s, 0.5));
    }
}

TEST_CASE("every operation that reads may be repeated") {
    const retry_policy policy;
    for (const operation_kind operation : {operation_kind::list, operation_kind::get}) {
        request request;
        request.operation = operation;
        CHECK(policy.pause_before(2, request, of_kind(fault::unreachable), 1s, 0));
    }
}

TEST_CASE("there is one second attempt and no third") {
    const retry_policy policy;
    CHECK(policy.pause_before(2, {}, with_status(503), 1s, 0));
    CHECK_FALSE(policy.pause_before(3, {}, with_status(503), 1s, 0));
}

TEST_CASE("the pause is anything up to its longest, and the provider's own word where that is longer") {
    const retry_policy policy;
    CHECK(policy.pause_before(2, {}, with_status(503), 10s, 0.0) == 0ms);
    CHECK(policy.pause_before(2, {}, with_status(503), 10s, 0.999) == 99ms);
    failure asked = with_status(503);
    asked.retry_after = 2s;
    CHECK(policy.pause_before(2, {}, asked, 10s, 0.5) == 2000ms);
    asked.retry_after = 0s;
    CHECK(policy.pause_before(2, {}, asked, 10s, 0.5) == 50ms);
    asked.retry_after = 24h;
    CHECK_FALSE(policy.pause_before(2, {}, asked, 10s, 0.5));
}

TEST_CASE("an attempt that could not end in time is not begun") {
    const retry_policy policy;
    CHECK(policy.pause_before(2, {}, with_status(503), 70ms, 0.5));
    CHECK_FALSE(policy.pause_before(2, {}, with_status(503), 69ms, 0.5));
    CHECK_FALSE(policy.pause_before(2, {}, with_status(503), 0ms, 0));
    CHECK_FALSE(policy.pause_before(2, {}, with_status(503), -5s, 0));
}

TEST_CASE("a call that fails once in passing succeeds, and is counted") {
    tests::counting_observer observer;
    std::minstd_rand random{1};  // its first number makes for a short pause
    unsigned calls = 0;
    tests::scripted_layer next{[&](const request&) -> result<answer> {
        if (++calls == 1) return with_status(503);
        return answer{tests::content_of("second")};
    }};
    retry_layer layer{next, observer, random};
    const auto outcome = tests::run(layer, tests::request_for("/a"));
    REQUIRE(outcome.has_value());
    CHECK(outcome->content->page.body == "second");
    CHECK(next.calls == 2);
    CHECK(observer.retries == 1);
}

TEST_CASE("a call that keeps failing gives its last failure, and one that is refused is not repeated") {
    tests::counting_observer observer;
    std::minstd_rand random{1};
    tests::scripted_layer failing{[](const request&) -> result<answer> { return with_status(502); }};
    retry_layer repeated{failing, observer, random};
    CHECK(tests::run(repeated, tests::request_for("/a")).error().upstream.status == 502);
    CHECK(failing.calls == 2);

    tests::scripted_layer refusing{[](const request&) -> result<answer> { return of_kind(fault::auth_failed); }};
    retry_layer single{refusing, observer, random};
    CHECK(tests::run(single, tests::request_for("/a")).error().kind == fault::auth_failed);
    CHECK(refusing.calls == 1);
}

TEST_CASE("a failure past the deadline is not repeated") {
    tests::counting_observer observer;
    std::minstd_rand random{1};
    tests::scripted_layer failing{[](const request&) -> result<answer> { return with_status(502); }};
    retry_layer layer{failing, observer, random};
    CHECK_FALSE(tests::run(layer, tests::request_for("/a"), steady_clock::now() - 1s).has_value());
    CHECK(failing.calls == 1);
}

}  // namespace rollcall::adapters
