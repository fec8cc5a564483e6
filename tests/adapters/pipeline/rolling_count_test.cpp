// Counting over the last while: what is counted, for how long, and what is taken back.
#include "adapters/pipeline/rolling_count.hpp"

#include <doctest/doctest.h>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;

const steady_clock::time_point start{1000s};

}  // namespace

TEST_CASE("what was added is counted for all but one of the slots at least, and for all at most") {
    for (const auto offset : {0ms, 1ms, 500ms, 999ms}) {
        CAPTURE(offset.count());
        rolling_count<10> count{1s};
        count.add(start + offset);
        CHECK(count.total(start + offset) == 1);
        CHECK(count.total(start + offset + 9s) == 1);
        CHECK(count.total(start + offset + 10s) == 0);
        CHECK(count.total(start + 9999ms) == 1);
        CHECK(count.total(start + 10s) == 0);
        CHECK(count.total(start + 24h) == 0);
    }
}

TEST_CASE("the earliest leaves first, when its slot does") {
    rolling_count<3> count{10s};
    CHECK_FALSE(count.next_leaves(start));
    count.add(start + 4s);
    count.add(start + 15s);
    count.add(start + 16s);
    CHECK(count.total(start + 16s) == 3);
    CHECK(count.next_leaves(start + 16s) == start + 30s);
    CHECK(count.total(start + 30s - 1ns) == 3);
    CHECK(count.total(start + 30s) == 2);
    CHECK(count.next_leaves(start + 30s) == start + 40s);
    CHECK_FALSE(count.next_leaves(start + 40s));
}

TEST_CASE("a slot that is used again begins anew") {
    rolling_count<3> count{1s};
    for (int second = 0; second < 100; ++second) {
        count.add(start + std::chrono::seconds{second});
        CHECK(count.total(start + std::chrono::seconds{second}) == static_cast<std::uint64_t>(std::min(second + 1, 3)));
    }
}

TEST_CASE("what is taken back is not counted, and what has left already stays away") {
    rolling_count<3> count{1s};
    count.add(start);
    count.add(start + 1s);
    count.remove(start);
    CHECK(count.total(start + 1s) == 1);
    count.remove(start);
    CHECK(count.total(start + 1s) == 1);
    count.add(start + 3s);
    count.remove(start);
    CHECK(count.total(start + 3s) == 2);
    count.clear();
    CHECK(count.total(start + 3s) == 0);
}

}  // namespace rollcall::adapters
