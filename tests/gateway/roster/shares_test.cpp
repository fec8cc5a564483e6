// How the room of a page is divided: equal shares, leftovers to those who can use them, never more than there is.
#include "gateway/roster/shares.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace rollcall::gateway {
namespace {

using numbers = std::vector<std::uint32_t>;

/// The same by the plainest means: one place at a time, in turn, to everybody who still can.
numbers dealt_out(std::uint32_t limit, const numbers& capacity) {
    numbers shares(capacity.size(), 0);
    for (bool given = true; given && limit > 0;) {
        given = false;
        for (std::size_t i = 0; i < capacity.size() && limit > 0; ++i) {
            if (shares[i] == capacity[i]) continue;
            ++shares[i];
            --limit;
            given = true;
        }
    }
    return shares;
}

}  // namespace

TEST_CASE("room is divided in equal shares, and a rest goes to the first") {
    CHECK(divide(50, numbers{unbounded, unbounded, unbounded, unbounded}) == numbers{13, 13, 12, 12});
    CHECK(divide(4, numbers{unbounded, unbounded, unbounded, unbounded}) == numbers{1, 1, 1, 1});
    CHECK(divide(1, numbers{unbounded, unbounded}) == numbers{1, 0});
    CHECK(divide(200, numbers{unbounded}) == numbers{200});
}

TEST_CASE("what one cannot use goes to the others") {
    CHECK(divide(50, numbers{3, unbounded, unbounded}) == numbers{3, 24, 23});
    CHECK(divide(10, numbers{1, 2, unbounded}) == numbers{1, 2, 7});
    CHECK(divide(10, numbers{0, unbounded, 0}) == numbers{0, 10, 0});
    CHECK(divide(10, numbers{2, 3, 4}) == numbers{2, 3, 4});
}

TEST_CASE("without room or without takers nothing is given") {
    CHECK(divide(0, numbers{unbounded, 5}) == numbers{0, 0});
    CHECK(divide(50, numbers{}).empty());
    CHECK(divide(50, numbers{0, 0}) == numbers{0, 0});
}

TEST_CASE("any division is the one that deals the places out one by one") {
    std::minstd_rand random{7};
    for (int round = 0; round < 20'000; ++round) {
        numbers capacity(random() % 7);
        for (auto& one : capacity)
            one = random() % 4 == 0 ? unbounded : random() % 60;
        const std::uint32_t limit = random() % 201;
        const numbers shares = divide(limit, capacity);
        REQUIRE(shares == dealt_out(limit, capacity));
        REQUIRE(std::accumulate(shares.begin(), shares.end(), 0U) <= limit);
    }
}

TEST_CASE("nobody's share shrinks when another can give less than was thought") {
    std::minstd_rand random{11};
    for (int round = 0; round < 5'000; ++round) {
        numbers capacity(1 + random() % 6);
        for (auto& one : capacity)
            one = random() % 2 == 0 ? unbounded : random() % 60;
        const std::uint32_t limit = 1 + random() % 200;
        const numbers before = divide(limit, capacity);
        const std::size_t less = random() % capacity.size();
        capacity[less] = std::min(capacity[less], static_cast<std::uint32_t>(random() % 40));
        const numbers after = divide(limit, capacity);
        for (std::size_t i = 0; i < capacity.size(); ++i) {
            if (i != less) REQUIRE(after[i] >= before[i]);
        }
    }
}

}  // namespace rollcall::gateway
