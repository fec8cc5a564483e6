// The bucket of tokens by table: what is granted when, what is left, and when there is more.
#include "gateway/limits/token_bucket.hpp"

#include "gateway/limits/shared_bucket.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

const steady_clock::time_point noon{1'000'000s};

config::request_rate rate(std::uint32_t requests, std::chrono::seconds per, std::uint32_t burst) {
    return {requests, per, burst};
}

}  // namespace

TEST_CASE("a bucket grants its burst at once, and then one request as often as its rate says") {
    struct row {
        nanoseconds at;
        bool granted;
        std::uint32_t left;
        nanoseconds next_in;
    };
    // Two in a second, three at once: one comes back each half second.
    const row rows[] = {
        {0ms, true, 2, 500ms},        {0ms, true, 1, 500ms},    {0ms, true, 0, 500ms},    {0ms, false, 0, 500ms},
        {499ms, false, 0, 1ms},       {500ms, true, 0, 500ms},  {500ms, false, 0, 500ms}, {750ms, false, 0, 250ms},
        {1700ms, true, 1, 300ms},     {1700ms, true, 0, 300ms}, {1999ms, false, 0, 1ms},  {2000ms, true, 0, 500ms},
        {1'000'000s, true, 2, 500ms},
    };
    shared_bucket bucket{rate(2, 1s, 3)};
    for (const row& row : rows) {
        CAPTURE(row.at.count());
        const bucket_step seen = bucket.look(noon + row.at);
        const bucket_step step = bucket.take(noon + row.at);
        CHECK(seen.granted == row.granted);
        CHECK(step.granted == row.granted);
        CHECK(step.left == row.left);
        CHECK(step.next_in == row.next_in);
    }
}

TEST_CASE("in any span a bucket grants no more than its burst and what comes back in that span") {
    for (const auto& rate :
         {rate(5, 60s, 5), rate(7, 3s, 20), rate(100, 1s, 1), rate(1, 1s, 3), rate(999'999, 1s, 10)}) {
        const bucket_plan plan{rate};
        steady_clock::time_point full_at = always_full;
        std::vector<steady_clock::time_point> granted;
        std::uint32_t random = 1;
        auto now = noon;
        for (int i = 0; i < 4000; ++i) {
            random = random * 1'664'525 + 1'013'904'223;
            now += nanoseconds{random %
                               static_cast<std::uint32_t>(std::min<std::int64_t>(plan.interval.count(), 1 << 30))};
            const bucket_step step = take_token(plan, full_at, now);
            full_at = step.full_at;
            if (!step.granted) {
                // Exactly then, and not a nanosecond before.
                CHECK_FALSE(take_token(plan, full_at, now + step.next_in - 1ns).granted);
                CHECK(take_token(plan, full_at, now + step.next_in).granted);
                continue;
            }
            granted.push_back(now);
            if (granted.size() <= rate.burst) continue;
            // From the first of burst + 1 grants to the last, at least one had to come back.
            CHECK(now - granted[granted.size() - 1 - rate.burst] >= plan.interval);
        }
        CHECK(granted.size() > rate.burst);
        const auto span = now - noon;
        CHECK(granted.size() <= rate.burst + static_cast<std::size_t>(span / plan.interval) + 1);
    }
}

TEST_CASE("the moment that a bucket names is exact") {
    shared_bucket bucket{rate(5, 60s, 5)};
    for (int i = 0; i < 5; ++i)
        CHECK(bucket.take(noon + i * 1s).granted);
    // The first came back at 12 s; five were taken by then.
    const bucket_step refused = bucket.take(noon + 4s);
    CHECK_FALSE(refused.granted);
    CHECK(refused.next_in == 8s);
    CHECK_FALSE(bucket.take(noon + 12s - 1ns).granted);
    CHECK(bucket.take(noon + 12s).granted);
}

TEST_CASE("a clock that goes back empties no bucket for longer than it takes to fill twice") {
    shared_bucket bucket{rate(1, 1s, 4)};
    CHECK(bucket.take(noon).left == 3);
    // A little: another thread has looked at its clock a moment before.
    CHECK(bucket.take(noon - 1ms).left == 1);
    CHECK(bucket.take(noon).left == 1);

    const auto year_before = noon - 24h * 300;
    const bucket_step refused = bucket.take(year_before);
    CHECK_FALSE(refused.granted);
    CHECK(refused.next_in == 5s);
    CHECK(bucket.take(year_before + 5s).granted);
    CHECK(bucket.take(year_before + 20s).left == 3);
}

TEST_CASE("years apart, and at the extremes of the settings, nothing overflows") {
    const auto latest = steady_clock::time_point::max() - 24h * 366 * 3;
    const auto earliest = steady_clock::time_point::min() + 24h * 366 * 3;
    const config::request_rate rates[] = {
        rate(1'000'000, 1s, 1),  // the fastest
        rate(1'000'000, 1s, 1'000'000),
        rate(1, 24h, 1),             // the slowest
        rate(1, 24h, 365),           // the longest to fill
        rate(2740, 24h, 1'000'000),  // likewise, with the largest burst
    };
    for (const config::request_rate& rate : rates) {
        const bucket_plan plan{rate};
        CHECK(plan.interval >= 1us);
        CHECK(plan.refill <= 24h * 366);
        for (const auto now : {earliest, steady_clock::time_point{}, noon, latest}) {
            shared_bucket bucket{rate};
            CHECK(bucket.take(now).left == rate.burst - 1);
            for (std::uint32_t i = 1; i < std::min(rate.burst, 1000U); ++i)
                CHECK(bucket.take(now).granted);
            CHECK(bucket.take(now).granted == (rate.burst > 1000));
            bucket.spend(~std::uint64_t{0}, now);
            const bucket_step owing = bucket.look(now);
            CHECK_FALSE(owing.granted);
            CHECK(owing.left == 0);
            CHECK(owing.next_in == plan.refill + plan.interval);
            // Decades later, or before.
            CHECK(bucket.look(latest).granted == (now < latest - 2 * plan.refill));
            CHECK_FALSE(bucket.look(earliest).granted);
        }
    }
}

TEST_CASE("what was spent elsewhere is missing here, down to one burst below nothing") {
    shared_bucket bucket{rate(10, 1s, 10)};
    bucket.spend(4, noon);
    CHECK(bucket.look(noon).left == 6);
    bucket.spend(3, noon);
    CHECK(bucket.take(noon).left == 2);
    bucket.spend(100, noon);
    const bucket_step refused = bucket.take(noon);
    CHECK_FALSE(refused.granted);
    CHECK(refused.next_in == 1100ms);
    CHECK_FALSE(bucket.take(noon + 1099ms).granted);
    CHECK(bucket.take(noon + 1100ms).granted);
    CHECK(bucket.look(noon + 10s).left == 10);
}

TEST_CASE("threads that share a bucket get exactly what one alone would") {
    constexpr std::uint32_t burst = 20'000;
    shared_bucket bucket{rate(1, 24h, 300)};
    shared_bucket large{rate(1'000'000, 1s, burst)};
    std::atomic<std::uint32_t> granted{0};
    std::atomic<std::uint32_t> granted_of_large{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (std::uint32_t i = 0; i < burst / 2; ++i) {
                if (bucket.take(noon).granted) ++granted;
                if (large.take(noon).granted) ++granted_of_large;
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(granted == 300);
    CHECK(granted_of_large == burst);
    CHECK(large.look(noon).left == 0);
}

}  // namespace rollcall::gateway
