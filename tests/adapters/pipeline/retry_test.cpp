// When a failed call is made once more: the decision by tables.
#include "adapters/pipeline/retry.hpp"

#include "tests/adapters/pipeline/failures.hpp"

#include <doctest/doctest.h>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using situation = retry_policy::situation;
using tests::of_kind;
using tests::with_status;

constexpr retry_policy policy;
constexpr situation usual{.left = 1s, .random = 0.5};
constexpr auto list = operation_kind::list;

}  // namespace

TEST_CASE("only failures that pass are worth a second attempt") {
    for (const unsigned status : {502U, 503U, 504U})
        CHECK(policy.pause_before(usual, list, with_status(status)) == 50ms);
    CHECK(policy.pause_before(usual, list, of_kind(fault::unreachable)) == 50ms);
    for (const unsigned status : {0U, 301U, 400U, 404U, 409U, 500U, 501U, 505U}) {
        CHECK_FALSE(policy.pause_before(usual, list, with_status(status)));
    }
    for (const fault kind :
         {fault::timeout, fault::rate_limited, fault::auth_failed, fault::circuit_open, fault::invalid_response,
          fault::not_found, fault::rejected, fault::overloaded, fault::cancelled}) {
        for (const bool unsent : {false, true})
            CHECK_FALSE(policy.pause_before(usual, list, of_kind(kind, unsent)));
    }
}

TEST_CASE("every operation that reads may be repeated, and one that writes only if nothing of it was sent") {
    for (std::size_t i = 0; i < operation_count; ++i) {
        const auto operation = static_cast<operation_kind>(i);
        CAPTURE(name_of(operation));
        const bool reads = !is_write(operation);
        CHECK(policy.pause_before(usual, operation, of_kind(fault::unreachable)).has_value() == reads);
        CHECK(policy.pause_before(usual, operation, with_status(503)).has_value() == reads);
        CHECK(policy.pause_before(usual, operation, of_kind(fault::unreachable, true)) == 50ms);
    }
}

TEST_CASE("there is one second attempt and no third") {
    CHECK(policy.pause_before({.next = 2, .left = 1s}, list, with_status(503)));
    CHECK_FALSE(policy.pause_before({.next = 3, .left = 1s}, list, with_status(503)));
}

TEST_CASE("the pause is anything up to its longest, on top of the provider's own word") {
    CHECK(policy.pause_before({.left = 10s, .random = 0.0}, list, with_status(503)) == 0ms);
    CHECK(policy.pause_before({.left = 10s, .random = 0.999}, list, with_status(503)) == 99ms);
    failure asked = with_status(503);
    asked.retry_after = 2s;
    CHECK(policy.pause_before({.left = 10s, .random = 0.5}, list, asked) == 2050ms);
    asked.retry_after = 0s;
    CHECK(policy.pause_before({.left = 10s, .random = 0.5}, list, asked) == 50ms);
    asked.retry_after = 24h;
    CHECK_FALSE(policy.pause_before({.left = 10s, .random = 0.5}, list, asked));
}

TEST_CASE("an attempt that could not end in time is not begun") {
    const auto with = [](steady_clock::duration left, steady_clock::duration takes, double random = 0.5) {
        return policy.pause_before({.left = left, .usual = takes, .random = random}, list, with_status(503));
    };
    CHECK(with(70ms, 0ms));
    CHECK_FALSE(with(69ms, 0ms));
    CHECK_FALSE(with(0ms, 0ms, 0));
    CHECK_FALSE(with(-5s, 0ms, 0));
    CHECK(with(550ms, 500ms));
    CHECK_FALSE(with(549ms, 500ms));
    CHECK(with(70ms, 5ms));
}

TEST_CASE("what our own layers refuse is told from what the provider refuses") {
    CHECK(is_refused_by_us(of_kind(fault::circuit_open, true)));
    CHECK(is_refused_by_us(of_kind(fault::rate_limited, true)));
    CHECK_FALSE(is_refused_by_us(of_kind(fault::rate_limited, false)));
    CHECK_FALSE(is_refused_by_us(of_kind(fault::unreachable, true)));
}

}  // namespace rollcall::adapters
