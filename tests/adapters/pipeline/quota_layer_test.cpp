// The layer that keeps calls within a quota: what is refused, what is given back, what the provider's refusal does.
#include "adapters/pipeline/quota_layer.hpp"

#include "tests/adapters/pipeline/fakes.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::request_for;

struct bench {
    explicit bench(std::optional<adapters::quota> limit) : quota(limit) {}

    result<answer> ask() { return tests::run(layer, request_for("/a")); }

    result<answer> says = answer{tests::content_of("well")};
    tests::counting_observer observer;
    shared_quota quota;
    tests::scripted_layer next{[this](const request&) { return says; }};
    quota_layer layer{next, quota, observer};
};

}  // namespace

TEST_CASE("when the quota is spent the provider is not asked, and the refusal says when it comes back") {
    bench bench{quota{5, 60s}};
    for (int i = 0; i < 5; ++i)
        CHECK(bench.ask().has_value());
    const auto refused = bench.ask();
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == fault::rate_limited);
    CHECK(refused.error().unsent);
    CHECK(refused.error().upstream.status == 0);
    REQUIRE(refused.error().retry_after);
    CHECK(*refused.error().retry_after >= 58s);
    CHECK(*refused.error().retry_after <= 61s);
    CHECK(bench.next.calls == 5);
    CHECK(bench.observer.count(shed_reason::quota) == 1);
}

TEST_CASE("a write takes from the quota like any other call") {
    bench bench{quota{1, 60s}};
    request write = request_for("/a");
    write.operation = operation_kind::create;
    write.method = "POST";
    CHECK(tests::run(bench.layer, write).has_value());
    CHECK(tests::run(bench.layer, write).error().kind == fault::rate_limited);
}

TEST_CASE("a call that reached nobody costs nothing, one that failed on the way costs its part") {
    bench bench{quota{5, 60s}};
    failure refused{fault::unreachable, "no connection"};
    refused.unsent = true;
    bench.says = refused;
    for (int i = 0; i < 20; ++i)
        CHECK(bench.ask().error().kind == fault::unreachable);
    CHECK(bench.quota.left(steady_clock::now()) == 5);
    refused.unsent = false;
    bench.says = refused;
    (void)bench.ask();
    CHECK(bench.quota.left(steady_clock::now()) == 4);
}

TEST_CASE("after a 429 nobody asks before the time that it named") {
    bench bench{std::nullopt};
    failure told{fault::rate_limited, "it answered with status 429"};
    told.upstream.status = 429;
    told.retry_after = 1h;
    bench.says = told;
    CHECK(bench.ask().error().upstream.status == 429);
    const auto refused = bench.ask();
    CHECK(refused.error().upstream.status == 0);
    CHECK(refused.error().unsent);
    REQUIRE(refused.error().retry_after);
    CHECK(*refused.error().retry_after > 59min);
    CHECK(*refused.error().retry_after <= 1h);
    CHECK(bench.next.calls == 1);
}

TEST_CASE("threads share one quota to the last call") {
    shared_quota quota{adapters::quota{1000, 1h}};
    std::atomic<int> granted{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int times = 0; times < 1000; ++times) {
                const auto ticket = quota.take(steady_clock::now());
                if (!ticket.granted) continue;
                ++granted;
                quota.end(ticket, quota_account::outcome::sent);
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(granted == 1000);
    CHECK(quota.left(steady_clock::now()) == 0);
}

}  // namespace rollcall::adapters
