// When something is refreshed: at two paces, a quick one as for names and a slow one as for keys.
#include "base/refresh_schedule.hpp"

#include <doctest/doctest.h>

namespace rollcall {
namespace {

using namespace std::chrono_literals;

constexpr steady_clock::time_point begin{24h};
constexpr refresh_pace quick{.regular = 30s, .longest_retry = 30s, .smallest_gap = 1s};

constexpr refresh_pace slow(std::chrono::seconds regular) {
    return {.regular = regular, .longest_retry = 60s, .smallest_gap = 60s};
}

}  // namespace

TEST_CASE("what succeeds is refreshed in its period, what fails sooner, and less and less often") {
    refresh_schedule schedule{quick};
    CHECK(schedule.succeeded(begin) == begin + 30s);
    for (const auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s})
        CHECK(schedule.failed(begin) == begin + wait);
    CHECK(schedule.succeeded(begin) == begin + 30s);
    CHECK(schedule.failed(begin) == begin + 1s);
}

TEST_CASE("the waits after failures end at the longest retry, or at the period where that is shorter") {
    refresh_schedule schedule{slow(600s)};
    CHECK(schedule.failed(begin) == begin + 1s);
    CHECK(schedule.failed(begin) == begin + 2s);
    for (int i = 0; i < 10; ++i)
        (void)schedule.failed(begin);
    CHECK(schedule.failed(begin) == begin + 60s);
    CHECK(schedule.succeeded(begin) == begin + 600s);
    CHECK(schedule.failed(begin) == begin + 1s);

    refresh_schedule often{slow(10s)};
    for (int i = 0; i < 10; ++i)
        (void)often.failed(begin);
    CHECK(often.failed(begin) == begin + 10s);
}

TEST_CASE("whoever asks for a refresh gets it at once, or a smallest gap after the last one") {
    refresh_schedule schedule{quick};
    CHECK(schedule.succeeded(begin) == begin + 30s);
    CHECK(schedule.hurried(begin + 200ms) == begin + 1s);
    CHECK(schedule.hurried(begin + 300ms) == begin + 1s);
    CHECK(schedule.succeeded(begin) == begin + 30s);
    CHECK(schedule.hurried(begin + 10s) == begin + 10s);
}

TEST_CASE("however many ask for a refresh, they make it no more than one a gap, and never a later one") {
    refresh_schedule schedule{slow(600s)};
    (void)schedule.succeeded(begin);
    for (int i = 0; i < 100; ++i)
        CHECK(schedule.hurried(begin + 5s) == begin + 60s);
    CHECK(schedule.hurried(begin + 200s) == begin + 60s);
    (void)schedule.succeeded(begin + 60s);
    CHECK(schedule.hurried(begin + 130s) == begin + 130s);
    // It never makes it later.
    (void)schedule.succeeded(begin + 200s);
    CHECK(schedule.hurried(begin + 795s) == begin + 795s);
    (void)schedule.failed(begin + 800s);
    CHECK(schedule.hurried(begin + 800s) == begin + 801s);
}

}  // namespace rollcall
