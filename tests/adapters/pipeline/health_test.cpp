// How a provider's lately is judged from its exchanges, and that every report is passed on.
#include "adapters/health.hpp"

#include "tests/adapters/pipeline/fakes.hpp"

#include <doctest/doctest.h>

namespace rollcall::adapters {

TEST_CASE("a provider that was never asked has no health") {
    tests::counting_observer next;
    const health health{next};
    CHECK_FALSE(health.now().last_success);
    CHECK_FALSE(health.now().last_failure);
    CHECK_FALSE(health.now().last_fault);
}

TEST_CASE("a failure is remembered beside the success before it") {
    tests::counting_observer next;
    health health{next};
    health.exchanged(operation_kind::list, std::nullopt, {});
    CHECK(health.now().last_success);
    CHECK_FALSE(health.now().last_failure);
    health.exchanged(operation_kind::list, fault::timeout, {});
    CHECK(health.now().last_failure >= health.now().last_success);
    CHECK(health.now().last_fault == fault::timeout);
    CHECK(next.exchanges == 2);
}

TEST_CASE("what the caller is to blame for counts as health, and what nobody waited for counts not at all") {
    for (const fault kind : {fault::not_found, fault::rejected}) {
        tests::counting_observer next;
        health health{next};
        for (std::size_t i = 0; i < operation_count; ++i)
            health.exchanged(static_cast<operation_kind>(i), kind, {});
        CHECK(health.now().last_success);
        CHECK_FALSE(health.now().last_failure);
        CHECK(next.exchanges == operation_count);
    }
    tests::counting_observer next;
    health health{next};
    health.exchanged(operation_kind::list, fault::cancelled, {});
    CHECK_FALSE(health.now().last_success);
    CHECK_FALSE(health.now().last_failure);
    CHECK(next.exchanges == 1);
}

TEST_CASE("what is no exchange is passed on") {
    tests::counting_observer next;
    health health{next};
    health.retried(operation_kind::list);
    health.cached(cache_event::stale);
    health.breaker_changed(breaker_state::open);
    health.shed(shed_reason::quota);
    health.schema_faults("name", 3);
    CHECK(next.retries == 1);
    CHECK(next.count(cache_event::stale) == 1);
    CHECK(next.breaker == breaker_state::open);
    CHECK(next.count(shed_reason::quota) == 1);
    CHECK(next.faults == 3);
}

}  // namespace rollcall::adapters
