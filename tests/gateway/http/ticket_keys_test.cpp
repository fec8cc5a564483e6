// How the keys of session tickets grow old.
#include "gateway/http/ticket_keys.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway {

TEST_CASE("a ticket's key seals for its lifetime and opens for as long again") {
    const steady_clock::time_point begin{std::chrono::hours{1000}};
    const auto lifetime = ticket_keys::lifetime;
    const std::chrono::milliseconds moment{1};
    ticket_keys keys;
    const auto first = keys.sealing(begin);
    REQUIRE(first);
    CHECK(keys.sealing(begin + lifetime - moment)->name == first->name);
    const auto opened = keys.opening(first->name, begin + lifetime - moment);
    REQUIRE(opened);
    CHECK(opened->key.cipher == first->cipher);
    CHECK(opened->key.mac == first->mac);
    CHECK_FALSE(opened->former);

    const auto second = keys.sealing(begin + lifetime);
    REQUIRE(second);
    CHECK(second->name != first->name);
    CHECK(second->cipher != first->cipher);
    CHECK(second->mac != first->mac);
    const auto late = keys.opening(first->name, begin + 2 * lifetime - moment);
    REQUIRE(late);
    CHECK(late->former);
    CHECK_FALSE(keys.opening(first->name, begin + 2 * lifetime));
    CHECK(keys.opening(second->name, begin + 2 * lifetime)->former);
}

TEST_CASE("after a long silence no former key opens anything") {
    const steady_clock::time_point begin{std::chrono::hours{1000}};
    ticket_keys keys;
    const auto first = keys.sealing(begin);
    REQUIRE(first);
    CHECK_FALSE(keys.opening(first->name, begin + 5 * ticket_keys::lifetime));
    CHECK(keys.sealing(begin + 5 * ticket_keys::lifetime)->name != first->name);
    CHECK_FALSE(keys.opening({}, begin));
}

}  // namespace rollcall::gateway
