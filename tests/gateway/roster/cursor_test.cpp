// The client's cursor: what goes in comes out, and nothing else is let in.
#include "gateway/roster/cursor.hpp"

#include "base/base64.hpp"

#include <doctest/doctest.h>

#include <string>
#include <variant>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t largest_cursor = 4096;
constexpr std::string_view filters = "0 0|";
const system_clock::time_point now{std::chrono::seconds{1'800'000'000}};
cursor_codec codec{secret{"a secret of sixteen bytes or more"}, 72h};

bookmark going_on(std::string position, std::uint32_t given, unsigned steps) {
    bookmark bookmark{.position = std::move(position), .given = given};
    for (unsigned i = 0; i < steps; ++i)
        bookmark.trail.step("position " + std::to_string(i));
    return bookmark;
}

bookmarks various() {
    return {{"agenthuman", going_on("ag_1", 0, 0)},
            {"converra", {.ended = true}},
            {"heppu", going_on("200", 37, 2)},
            {"hyperrep", going_on(std::string{"any\0byte\xff", 9}, UINT32_MAX, 3000)}};
}

void check_equal(const bookmarks& left, const bookmarks& right) {
    REQUIRE(left.size() == right.size());
    for (const auto& [name, one] : left) {
        CAPTURE(name);
        const auto other = right.find(name);
        REQUIRE(other != right.end());
        CHECK(one.ended == other->second.ended);
        CHECK(one.position == other->second.position);
        CHECK(one.given == other->second.given);
        CHECK(one.trail.recent == other->second.trail.recent);
        CHECK(one.trail.mark == other->second.trail.mark);
        CHECK(one.trail.steps == other->second.trail.steps);
    }
}

bool refused(cursor_codec& codec, std::string_view cursor, cursor_error as, std::string_view with = filters,
             system_clock::time_point at = now) {
    const auto unpacked = codec.unpack(cursor, with, at);
    const auto* const error = std::get_if<cursor_error>(&unpacked);
    return error != nullptr && *error == as;
}

}  // namespace

TEST_CASE("each thread's copy of a codec reads and makes the cursors of all, whatever it did before") {
    const std::string made = codec.pack(various(), filters, now);
    cursor_codec copy{codec};
    for (int i = 0; i < 2; ++i) {
        for (cursor_codec* const one : {&codec, &copy}) {
            CHECK(one->pack(various(), filters, now) == made);
            check_equal(std::get<bookmarks>(one->unpack(made, filters, now)), various());
            CHECK(refused(*one, made, cursor_error::other_filters, "0 1|"));
            CHECK(one->pack(various(), "0 1|", now) != made);
        }
    }
}

TEST_CASE("bookmarks come out of a cursor as they went in") {
    for (const bookmarks& marks : {various(), bookmarks{}, bookmarks{{"a", going_on("", 5, 0)}}}) {
        const auto unpacked = codec.unpack(codec.pack(marks, filters, now), filters, now);
        REQUIRE(std::holds_alternative<bookmarks>(unpacked));
        check_equal(marks, std::get<bookmarks>(unpacked));
    }
}

TEST_CASE("a cursor is of characters that need no encoding in a URL") {
    const std::string cursor = codec.pack(various(), filters, now);
    CHECK(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
          std::string::npos);
}

TEST_CASE("no byte of a cursor can be changed") {
    const std::string cursor = codec.pack(various(), filters, now);
    const std::string others = "AQgwx059-_=+/ %.\n";
    for (std::size_t at = 0; at < cursor.size(); ++at) {
        for (const char other : others) {
            if (cursor[at] == other) continue;
            std::string changed = cursor;
            changed[at] = other;
            REQUIRE(refused(codec, changed, cursor_error::malformed));
        }
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = cursor;
            changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
            REQUIRE(refused(codec, changed, cursor_error::malformed));
        }
    }
}

TEST_CASE("no byte beneath the encoding can be changed either") {
    const std::string bytes = *from_base64url(codec.pack(various(), filters, now));
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string changed = bytes;
            changed[at] = static_cast<char>(changed[at] ^ 1 << bit);
            REQUIRE(refused(codec, base64url(changed), cursor_error::malformed));
        }
    }
}

TEST_CASE("a cursor cannot be cut, lengthened or made up") {
    const std::string cursor = codec.pack(various(), filters, now);
    for (std::size_t size = 0; size < cursor.size(); ++size) {
        REQUIRE(refused(codec, cursor.substr(0, size), cursor_error::malformed));
        REQUIRE(refused(codec, cursor.substr(cursor.size() - size), cursor_error::malformed));
    }
    for (const std::string tail : {"A", "AA", "AAAA", "=", "==", " ", "\n"})
        CHECK(refused(codec, cursor + tail, cursor_error::malformed));
    CHECK(refused(codec, "\xff\xfe", cursor_error::malformed));
    CHECK(refused(codec, base64url(std::string(49, '\0')), cursor_error::malformed));
    CHECK(refused(codec, std::string(8000, 'A'), cursor_error::malformed));
}

TEST_CASE("a cursor of another key is none of ours") {
    cursor_codec other{secret{"another secret of sixteen bytes"}, 72h};
    CHECK(refused(other, codec.pack(various(), filters, now), cursor_error::malformed));
}

TEST_CASE("a cursor under other filters is refused, and told apart") {
    const std::string cursor = codec.pack(various(), filters, now);
    CHECK(refused(codec, cursor, cursor_error::other_filters, "1 0|"));
    CHECK(refused(codec, cursor, cursor_error::other_filters, ""));
}

TEST_CASE("a cursor lives as long as it is said to") {
    const std::string cursor = codec.pack(various(), filters, now);
    CHECK(std::holds_alternative<bookmarks>(codec.unpack(cursor, filters, now + 72h)));
    CHECK(refused(codec, cursor, cursor_error::expired, filters, now + 72h + 1s));
    CHECK(refused(codec, cursor, cursor_error::expired, filters, now + 24h * 365));
    // The clock of another replica may be behind.
    CHECK(std::holds_alternative<bookmarks>(codec.unpack(cursor, filters, now - 1min)));
}

TEST_CASE("the largest cursor of four providers fits") {
    bookmarks marks;
    for (const char name : {'a', 'b', 'c', 'd'})
        marks.emplace(std::string(32, name), going_on(std::string(600, name), UINT32_MAX, 100'000));
    const std::string cursor = codec.pack(marks, filters, now);
    CHECK(cursor.size() <= largest_cursor);
    CHECK(cursor.size() > 3000);
    check_equal(marks, std::get<bookmarks>(codec.unpack(cursor, filters, now)));
}

TEST_CASE("a provider that has ended takes next to no room") {
    bookmarks marks;
    for (const char name : {'a', 'b', 'c', 'd'}) {
        bookmark ended = going_on("", 0, 100);
        ended.ended = true;
        marks.emplace(std::string(1, name), ended);
    }
    CHECK(codec.pack(marks, filters, now).size() < 130);
}

}  // namespace rollcall::gateway
