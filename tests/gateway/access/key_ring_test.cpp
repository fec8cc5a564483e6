// Whose a key is, whatever is shown.
#include "gateway/access/key_ring.hpp"

#include "gateway/access/client.hpp"
#include "tests/gateway/access/keys.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using testing::configured;

const system_clock::time_point now{1'800'000'000s};

held_key held(const made_key& made, const client* owner,
              std::optional<system_clock::time_point> expires = std::nullopt) {
    const config::client_key key = configured(made.hash);
    return {key.prefix, key.sha256, expires, owner};
}

std::string text_of(const made_key& made) {
    return std::string{made.key.reveal()};
}

/// Why it opens nothing; fails where it opens something.
key_fault fault_of(const key_ring& ring, std::string_view shown, system_clock::time_point at = now) {
    const auto found = ring.find(shown, at);
    REQUIRE(std::holds_alternative<key_fault>(found));
    return std::get<key_fault>(found);
}

}  // namespace

TEST_CASE("each of many keys is found, and each of them misspelt is not") {
    constexpr std::size_t count = 300;
    std::vector<client> clients(count);
    std::vector<made_key> made;
    std::vector<held_key> keys;
    for (std::size_t i = 0; i < count; ++i) {
        made.push_back(make_key());
        keys.push_back(held(made.back(), &clients[i]));
    }
    const key_ring ring{keys};
    for (std::size_t i = 0; i < count; ++i) {
        const auto found = ring.find(made[i].key.reveal(), now);
        REQUIRE(std::holds_alternative<const held_key*>(found));
        CHECK(std::get<const held_key*>(found)->owner == &clients[i]);
        CHECK(std::get<const held_key*>(found)->prefix == keys[i].prefix);
        CHECK(fault_of(ring, testing::misspelt(text_of(made[i]))) == key_fault::wrong);
        CHECK(fault_of(ring, testing::unheld()) == key_fault::unknown);
    }
}

TEST_CASE("a key opens with every letter of it and no other") {
    const made_key made = make_key();
    const client owner;
    const key_ring ring{{held(made, &owner)}};
    const std::string key = text_of(made);
    for (std::size_t at = 0; at < key.size(); ++at) {
        std::string changed = key;
        changed[at] = changed[at] == 'a' ? 'b' : 'a';
        CHECK(std::holds_alternative<key_fault>(ring.find(changed, now)));
    }
    CHECK(fault_of(ring, key.substr(0, key.size() - 1)) == key_fault::wrong);
    CHECK(fault_of(ring, key + 'a') == key_fault::wrong);
    CHECK(fault_of(ring, key + std::string(100'000, 'a')) == key_fault::wrong);
    CHECK(fault_of(ring, key.substr(0, 14)) == key_fault::wrong);
    CHECK(fault_of(ring, key.substr(0, 13)) == key_fault::malformed);
    CHECK(fault_of(ring, ' ' + key) == key_fault::malformed);
    CHECK(fault_of(ring, made.hash) == key_fault::malformed);
    CHECK(fault_of(ring, "") == key_fault::malformed);
    CHECK(fault_of(ring, std::string(key.size(), '\0')) == key_fault::malformed);
}

TEST_CASE("an empty ring knows no key, not even the one that would hash to nothing") {
    const key_ring ring{{}};
    CHECK(fault_of(ring, testing::unheld()) == key_fault::unknown);
    CHECK(fault_of(ring, "") == key_fault::malformed);
}

TEST_CASE("a key ends with its moment of expiry, and is wrong rather than expired where it is wrong") {
    const made_key made = make_key();
    const client owner;
    const key_ring ring{{held(made, &owner, now)}};
    CHECK(std::holds_alternative<const held_key*>(ring.find(made.key.reveal(), now - 1s)));
    CHECK(fault_of(ring, made.key.reveal(), now) == key_fault::expired);
    CHECK(fault_of(ring, made.key.reveal(), now + 1h) == key_fault::expired);
    CHECK(fault_of(ring, testing::misspelt(text_of(made)), now + 1h) == key_fault::wrong);
}

}  // namespace rollcall::gateway
