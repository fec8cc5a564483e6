// What the trail of a walk remembers, and that it remembers nothing that was not there.
#include "adapters/paging/trail.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::adapters {
namespace {

/// After how many steps a walk in a circle of `length` positions, entered after `before` others, is noticed.
unsigned steps_until_noticed(unsigned before, unsigned length) {
    trail trail;
    for (unsigned at = 0;; ++at) {
        const std::string position =
            at < before ? "before " + std::to_string(at) : "circle " + std::to_string((at - before) % length);
        if (trail.seen(position)) return at;
        REQUIRE(at <= 6 * (before + length));
        trail.step(position);
    }
}

}  // namespace

TEST_CASE("nothing is known before the first step") {
    CHECK_FALSE(trail{}.seen(""));
    CHECK_FALSE(trail{}.seen("a"));
}

TEST_CASE("a short circle is noticed at once") {
    for (unsigned length = 1; length <= trail::remembered; ++length) {
        for (const unsigned before : {0U, 1U, 5U, 100U})
            CHECK(steps_until_noticed(before, length) == before + length);
    }
}

TEST_CASE("a long circle is noticed within a few rounds") {
    for (const unsigned length : {9U, 10U, 64U, 100U, 1000U, 4097U}) {
        for (const unsigned before : {0U, 1U, 50U, 1000U}) {
            CAPTURE(length);
            CAPTURE(before);
            CHECK(steps_until_noticed(before, length) > before);
        }
    }
}

TEST_CASE("a long straight list raises no alarm, and its trail stays small") {
    trail trail;
    for (unsigned at = 0; at < 100'000; ++at) {
        const std::string position = std::to_string(at * 100);
        if (trail.seen(position)) FAIL("a false alarm at " << at);
        trail.step(position);
    }
    CHECK(trail.recent.size() == trail::remembered);
    CHECK(trail.steps == 100'000);
}

TEST_CASE("the hashes are the same in every process, because cursors carry them") {
    trail trail;
    trail.step("a");
    CHECK(trail.recent.front() == trail.mark);
    CHECK(trail.mark == (0xaf63dc4c8601ec8cU ^ 0xaf63dc4c8601ec8cU >> 32));  // FNV-1a of "a", mixed
}

}  // namespace rollcall::adapters
