// Memory that goes from one answer to the next.
#include "gateway/http/spare_bodies.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using rollcall::gateway::spare_bodies;

TEST_CASE("the memory of the last answer is the next one's, and nothing of what it said") {
    spare_bodies spare;
    CHECK(spare.take().empty());
    spare.give_back(std::string(100, 'a'));
    spare.give_back(std::string(5000, 'b'));
    const std::string next = spare.take();
    CHECK(next.empty());
    CHECK(next.capacity() >= 5000);
    CHECK(spare.take().capacity() < 5000);
}

TEST_CASE("very large answers and more than a few are not kept") {
    spare_bodies spare;
    spare.give_back(std::string(spare_bodies::largest + 1, 'a'));
    CHECK(spare.take().capacity() < 100);
    for (std::size_t at = 0; at < spare_bodies::most + 1; ++at)
        spare.give_back(std::string(1000, 'a'));
    for (std::size_t at = 0; at < spare_bodies::most; ++at)
        CHECK(spare.take().capacity() >= 1000);
    CHECK(spare.take().capacity() < 1000);
}
