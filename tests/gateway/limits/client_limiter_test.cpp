// The limits of one client: rate and concurrency together, from many threads, and what other replicas spend.
#include "gateway/limits/client_limiter.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

const steady_clock::time_point noon{1'000'000s};

config::client_limits limits(std::optional<config::request_rate> rate, std::optional<std::uint32_t> concurrent) {
    return {rate, concurrent};
}

}  // namespace

TEST_CASE("a client has as many requests answered at once as it may, and each that ends makes room for another") {
    client_limiter limiter{limits({}, 2)};
    CHECK(limiter.policy().empty());
    auto first = limiter.take(noon);
    auto second = limiter.take(noon);
    CHECK_FALSE(first.excess);
    CHECK(first.turn);
    CHECK_FALSE(second.excess);
    CHECK_FALSE(limiter.has_room(noon));
    CHECK(limiter.take(noon).excess == client_excess::concurrency);
    first.turn.reset();
    CHECK(limiter.has_room(noon));
    // A turn that is handed on counts once.
    std::optional<place> held = std::move(limiter.take(noon).turn);
    CHECK(held);
    CHECK(limiter.take(noon).excess == client_excess::concurrency);
    held.reset();
    second.turn.reset();
    CHECK(limiter.has_room(noon));
}

TEST_CASE("a request that one limit refuses takes nothing of the other") {
    client_limiter limiter{limits(config::request_rate{2, 60s, 2}, 1)};
    CHECK(limiter.policy() == "\"client\";q=2;w=60");
    auto held = limiter.take(noon);
    CHECK_FALSE(held.excess);
    CHECK(held.bucket.left == 1);
    const auto busy = limiter.take(noon);
    CHECK(busy.excess == client_excess::concurrency);
    CHECK(busy.bucket.left == 1);
    held.turn.reset();
    auto last = limiter.take(noon);
    CHECK_FALSE(last.excess);
    last.turn.reset();
    CHECK_FALSE(limiter.has_room(noon));
    const auto late = limiter.take(noon);
    CHECK(late.excess == client_excess::rate);
    CHECK_FALSE(late.turn);
    CHECK(late.bucket.next_in == 30s);
    // Nobody holds the only place: the next request in time has it.
    CHECK_FALSE(limiter.take(noon + 30s).excess);
}

TEST_CASE("a policy names the burst, and the whole seconds in which it comes back") {
    const auto policy = [](std::uint32_t requests, std::chrono::seconds per, std::uint32_t burst) {
        return rate_limit_policy("client", bucket_plan{{requests, per, burst}});
    };
    CHECK(policy(100, 1s, 200) == "\"client\";q=200;w=2");
    CHECK(policy(100, 1s, 1) == "\"client\";q=1;w=1");
    CHECK(policy(5, 60s, 5) == "\"client\";q=5;w=60");
    CHECK(policy(1000, 1s, 1500) == "\"client\";q=1500;w=2");
}

TEST_CASE("what was taken here is told once, and what others took is missing here") {
    client_limiter limiter{limits(config::request_rate{10, 1s, 10}, 5)};
    CHECK(limiter.take_spent() == 0);
    for (int i = 0; i < 3; ++i)
        CHECK_FALSE(limiter.take(noon).excess);
    CHECK(limiter.take_spent() == 3);
    CHECK(limiter.take_spent() == 0);
    limiter.spent_elsewhere(5, noon);
    // Of theirs nothing is told on.
    CHECK(limiter.take_spent() == 0);
    CHECK(limiter.take(noon).bucket.left == 1);
    limiter.spent_elsewhere(1000, noon);
    CHECK(limiter.take(noon).excess == client_excess::rate);
    CHECK(limiter.take_spent() == 1);
    CHECK(limiter.take(noon + 1s).excess == client_excess::rate);
    CHECK_FALSE(limiter.take(noon + 1100ms).excess);

    client_limiter without_rate{limits({}, 1)};
    without_rate.spent_elsewhere(7, noon);
    CHECK_FALSE(without_rate.take(noon).excess);
    CHECK(without_rate.take_spent() == 0);
}

TEST_CASE("from many threads no client has more at once than it may, and what is told as spent is what was granted") {
    constexpr std::uint32_t concurrent = 3;
    client_limiter limiter{limits(config::request_rate{1'000'000, 1s, 30'000}, concurrent)};
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<std::uint64_t> granted{0};
    std::atomic<std::uint64_t> told{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 6; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 10'000; ++i) {
                const auto found = limiter.take(noon);
                if (i % 100 == 0) told += limiter.take_spent();
                if (found.excess) continue;
                const int now = ++inside;
                int seen = most;
                while (seen < now && !most.compare_exchange_weak(seen, now)) {}
                ++granted;
                --inside;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(most <= static_cast<int>(concurrent));
    CHECK(told + limiter.take_spent() == granted);
    CHECK(granted <= 30'000);
    std::vector<client_limiter::verdict> held(concurrent);
    client_limiter fresh{limits({}, concurrent)};
    std::ranges::generate(held, [&] { return fresh.take(noon); });
    CHECK(std::ranges::all_of(held, [](const auto& found) { return found.turn.has_value(); }));
    CHECK_FALSE(fresh.has_room(noon));
}

}  // namespace rollcall::gateway
