// What may be spent on second attempts, and that an outage is not made worse by them.
#include "adapters/pipeline/retry_budget.hpp"

#include "adapters/pipeline/breaker.hpp"
#include "adapters/pipeline/retry.hpp"

#include <doctest/doctest.h>

#include <random>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;

const steady_clock::time_point start{1000s};

/// As many as it says that there are.
unsigned pay_all(retry_budget& budget, steady_clock::time_point now) {
    const unsigned left = budget.left(now);
    unsigned paid = 0;
    while (budget.pay(now))
        REQUIRE(++paid <= left);
    CHECK(paid == left);
    return paid;
}

/// 10,000 calls to a provider of which every attempt fails at once; `calm` is how long all was well before.
struct outage {
    outage(unsigned calls_a_second, bool with_breaker, std::chrono::seconds calm = 0s) {
        const config::provider settings;
        retry_budget budget{settings.retry_budget};
        breaker breaker{settings.breaker};
        const retry_policy policy;
        failure failure{fault::error, "it answered with status 503"};
        failure.upstream.status = 503;
        std::minstd_rand random{1};
        std::uniform_real_distribution<double> uniform{0, 1};

        auto now = start;
        const auto apart = std::chrono::nanoseconds{1s} / calls_a_second;
        for (; now < start + calm; now += apart) {
            budget.called();
            breaker.tell(breaker.ask(now), verdict::well, now, 0);
        }
        const auto began = now;
        const auto attempt = [&] {
            const auto permission = breaker.ask(now);
            if (with_breaker && !permission.granted) return false;
            ++attempts;
            if (with_breaker) breaker.tell(permission, judge(failure), now, uniform(random));
            return true;
        };
        for (unsigned i = 0; i < calls; ++i, now += apart) {
            if (!attempt()) continue;
            budget.called();
            const retry_policy::situation situation{.left = 2s, .random = uniform(random)};
            if (!policy.pause_before(situation, operation_kind::list, failure) || !budget.pay(now)) continue;
            ++retries;
            attempt();
        }
        seconds = std::chrono::duration<double>(now - began).count();
    }

    static constexpr unsigned calls = 10'000;
    unsigned attempts = 0;
    unsigned retries = 0;
    double seconds = 0;
};

}  // namespace

TEST_CASE("each second brings in a few retries, of which those of ten seconds are kept") {
    retry_budget budget{{.percent = 0, .per_second = 3}};
    CHECK(pay_all(budget, start) == 30);
    CHECK(pay_all(budget, start + 250ms) == 0);
    CHECK(pay_all(budget, start + 1s) == 3);
    CHECK(pay_all(budget, start + 3s) == 6);
    CHECK(pay_all(budget, start + 1h) == 30);
}

TEST_CASE("each call brings in a tenth of a retry") {
    retry_budget budget{{.percent = 10, .per_second = 0}};
    (void)pay_all(budget, start);
    for (int i = 0; i < 25; ++i)
        budget.called();
    CHECK(pay_all(budget, start + 1h) == 2);
    for (int i = 0; i < 5; ++i)
        budget.called();
    CHECK(pay_all(budget, start + 1h) == 1);
    for (int i = 0; i < 1'000'000; ++i)
        budget.called();
    CHECK(pay_all(budget, start + 1h) == 10);
}

TEST_CASE("with two zeros nothing is ever tried again") {
    retry_budget budget{{.percent = 0, .per_second = 0}};
    budget.called();
    CHECK_FALSE(budget.pay(start));
    CHECK_FALSE(budget.pay(start + 24h));
}

TEST_CASE("a time that comes late brings in nothing") {
    retry_budget budget{{.percent = 0, .per_second = 3}};
    (void)pay_all(budget, start + 10s);
    CHECK_FALSE(budget.pay(start));
    CHECK_FALSE(budget.pay(start + 10s));
}

TEST_CASE("how long a call takes is learnt from those that succeed") {
    retry_budget budget{{}};
    CHECK(budget.usual_duration() == 0s);
    budget.succeeded(80ms);
    CHECK(budget.usual_duration() == 80ms);
    budget.succeeded(160ms);
    CHECK(budget.usual_duration() == 90ms);
    for (int i = 0; i < 100; ++i)
        budget.succeeded(400ms);
    CHECK(budget.usual_duration() > 399ms);
    CHECK(budget.usual_duration() <= 400ms);
}

TEST_CASE("in a full outage a provider gets less than 1.1 times the calls, however many there are") {
    for (const auto calm : {0s, 20s}) {
        for (const unsigned rate : {1U, 5U, 20U, 100U, 1000U, 5000U}) {
            CAPTURE(calm.count());
            CAPTURE(rate);
            const outage outage{rate, true, calm};
            CHECK(outage.attempts < 1.1 * outage::calls);
            // Far less, because the breaker opens: what comes in its first second, and a try now and then.
            CHECK(outage.attempts < 1.2 * rate + 500);
        }
    }
}

TEST_CASE("the budget alone keeps second attempts to a tenth of the calls and three a second") {
    for (const unsigned rate : {1U, 5U, 20U, 100U, 1000U, 10'000U}) {
        CAPTURE(rate);
        const outage outage{rate, false};
        const double kept_at_first = 30;
        CHECK(outage.retries <= 0.1 * outage::calls + 3 * outage.seconds + kept_at_first + 1);
        CHECK(outage.attempts == outage::calls + outage.retries);
    }
}

}  // namespace rollcall::adapters
