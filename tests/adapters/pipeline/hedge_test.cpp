// What is late: by tables, and that it stays the same twentieth however often the late ones lose.
#include "adapters/pipeline/hedge.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;

recent_durations from_one_to(int count) {
    recent_durations durations;
    for (int i = 1; i <= count; ++i)
        durations.add(i * 1ms);
    return durations;
}

}  // namespace

TEST_CASE("what is late is what is longer than 95 of 100 took, once there are enough to say so") {
    struct row {
        int count;
        std::optional<steady_clock::duration> late;
    };
    const row rows[] = {{0, {}},     {1, {}},     {19, {}},     {20, 19ms},   {21, 20ms},
                        {40, 38ms},  {100, 95ms}, {128, 122ms}, {129, 123ms},  // of the last 128, from 2 on
                        {256, 250ms}};
    for (const row& row : rows) {
        CAPTURE(row.count);
        CHECK(from_one_to(row.count).percentile_95() == row.late);
    }
}

TEST_CASE("in whatever order they come, one in twenty is above") {
    recent_durations durations;
    for (int i = 0; i < 128; ++i)
        durations.add((i * 37 % 128 + 1) * 1ms);
    CHECK(durations.percentile_95() == 122ms);
}

TEST_CASE("a few slow calls do not make the others late, and a provider that becomes slow is soon known to be") {
    recent_durations durations;
    for (int i = 0; i < 100; ++i)
        durations.add(i % 25 == 0 ? 1s : 10ms);
    CHECK(durations.percentile_95() == 10ms);
    for (int i = 0; i < 8; ++i)
        durations.add(500ms);
    CHECK(durations.percentile_95() == 500ms);
    for (int i = 0; i < 128; ++i)
        durations.add(20ms);
    CHECK(durations.percentile_95() == 20ms);
}

TEST_CASE("nothing is sent once more that could not end before the deadline") {
    const recent_durations durations = from_one_to(100);
    CHECK(hedge_after(durations, 50ms, 1s) == 95ms);
    CHECK(hedge_after(durations, 50ms, 146ms) == 95ms);
    CHECK_FALSE(hedge_after(durations, 50ms, 145ms));
    CHECK_FALSE(hedge_after(durations, 0ms, 95ms));
    CHECK_FALSE(hedge_after(durations, 0ms, -1s));
    CHECK_FALSE(hedge_after(from_one_to(19), 1ms, 1h));
}

TEST_CASE("because those that lose count with the time that they had, late stays a twentieth and some") {
    std::minstd_rand random{1};
    std::exponential_distribution<double> seconds{50};  // 20 ms on average
    const auto duration = [&] {
        return std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>{seconds(random)});
    };
    struct row {
        bool losers_count;
        double least;
        double most;
    };
    // Left out, they would be missing from what is late, and ever more would be.
    for (const row& row : {row{true, 0.04, 0.08}, row{false, 0.08, 1}}) {
        CAPTURE(row.losers_count);
        recent_durations durations;
        int late_ones = 0;
        constexpr int calls = 20'000;
        for (int i = 0; i < calls; ++i) {
            const auto took = duration();
            const auto late = durations.percentile_95();
            if (!late || took <= *late) {
                durations.add(took);
                continue;
            }
            ++late_ones;
            const auto other_ends = *late + duration();
            if (took <= other_ends || row.losers_count) durations.add(std::min(took, other_ends));
        }
        CHECK(late_ones > row.least * calls);
        CHECK(late_ones < row.most * calls);
    }
}

}  // namespace rollcall::adapters
