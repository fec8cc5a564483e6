// Bodies that clients send: their members as they were written, and where a body is not valid.
#include "normalizers/read.hpp"

#include <doctest/doctest.h>

#include <ostream>
#include <string>

namespace rollcall::normalizers {
namespace {

using namespace std::literals;

std::vector<member> members_of(std::string_view body) {
    reader reader;
    auto outcome = reader.read_members(std::string{body});
    INFO(body);
    if (!outcome.has_value()) FAIL(outcome.error().detail);
    return *std::move(outcome);
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

TEST_CASE("each member has its name, its kind and its value as it was written") {
    const auto members = members_of(R"( { "name" : "N\u00e9" , "n":-1.50e2,"yes":true, "no" : false, "nothing": null,
        "object" : { "a" : [ 1 ] } , "texts":["a", "b" ],"mixed":[ "a", 1 ], "none":[ ], "nested":[["a"]]} )");
    struct {
        std::string_view name;
        token kind;
        bool of_texts;
        std::string_view raw;
    } const expected[] = {
        {"name", token::text, false, R"("N\u00e9")"},
        {"n", token::number, false, "-1.50e2"},
        {"yes", token::boolean, false, "true"},
        {"no", token::boolean, false, "false"},
        {"nothing", token::null, false, "null"},
        {"object", token::object, false, R"({ "a" : [ 1 ] })"},
        {"texts", token::array, true, R"(["a", "b" ])"},
        {"mixed", token::array, false, R"([ "a", 1 ])"},
        {"none", token::array, true, "[ ]"},
        {"nested", token::array, false, R"([["a"]])"},
    };
    REQUIRE(members.size() == std::size(expected));
    for (std::size_t i = 0; i < members.size(); ++i) {
        INFO(expected[i].name);
        CHECK(members[i].name == expected[i].name);
        CHECK(members[i].kind == expected[i].kind);
        CHECK(members[i].of_texts == expected[i].of_texts);
        CHECK(members[i].raw == expected[i].raw);
    }
}

TEST_CASE("repeated names stay, in their order") {
    const auto members = members_of(R"({"a": 1, "b": 2, "\u0061": 3})");
    REQUIRE(members.size() == 3);
    CHECK(members[0].name == "a");
    CHECK(members[2].name == "a");
    CHECK(members[2].raw == "3");
}

TEST_CASE("names are unescaped, and lone surrogates repaired in names and values") {
    const auto members = members_of(R"({"a\"\\\n\u00e9\ud83d\ude00": 1, "\ud800": "\udc00", "": {}})");
    REQUIRE(members.size() == 3);
    CHECK(members[0].name == "a\"\\\né😀");
    CHECK(members[1].name == "\ufffd");
    CHECK(members[1].raw == R"("\ufffd")");
    CHECK(members[2].name.empty());
}

TEST_CASE("an empty object has no members, and a byte order mark in front is overlooked") {
    CHECK(members_of("{}").empty());
    CHECK(members_of(" { } \n").empty());
    CHECK(members_of("\xef\xbb\xbf{}").empty());
}

TEST_CASE("a body that is not valid is refused with the place of its fault") {
    struct {
        std::string_view body;
        std::string_view detail;
    } const rows[] = {
        {"", "not valid JSON at byte 1: nothing in it"},
        {"   ", "not valid JSON at byte 4: nothing in it"},
        {R"({"a":tru})", "not valid JSON at byte 6: a value that is none"},
        {R"({"a": 01})", "not valid JSON at byte 7: a value that is none"},
        {R"({"a": nul , "b": 2})", "not valid JSON at byte 7: a value that is none"},
        {"\xef\xbb\xbf{\"a\":tru}", "not valid JSON at byte 9: a value that is none"},
        {R"({"a":1,})", "not valid JSON at byte 8: a comma, colon, name or value that is missing or out of place"},
        {R"({"a" 1})", "not valid JSON at byte 6: a comma, colon, name or value that is missing or out of place"},
        {R"({a:1})", "not valid JSON at byte 2: a comma, colon, name or value that is missing or out of place"},
        {R"({"a":[1,,2]})", "not valid JSON at byte 9: a comma, colon, name or value that is missing or out of place"},
        {R"({"a":[1})", "not valid JSON at byte 8: a comma, colon, name or value that is missing or out of place"},
        {R"({"a":1 "b":2})", "not valid JSON at byte 6: a value that does not end"},
        {R"({"a":"b" "c"})", "not valid JSON at byte 6: a value that does not end"},
        {R"({"a":"\x"})", "not valid JSON at byte 6: a broken escape in a string"},
        {R"({"a\x":1})", "not valid JSON at byte 3: a broken escape in a key"},
        {R"({"a":1}})", "not valid JSON at byte 8: more behind the end of the document"},
        {"{}{}", "not valid JSON at byte 3: more behind the end of the document"},
        {R"({"a":1, )", "not valid JSON at byte 7: no closing bracket at its end"},
        {R"({"a":1} x)", "not valid JSON at byte 9: no closing bracket at its end"},
        {R"({"a":1])", "not valid JSON at byte 7: no closing bracket at its end"},
        {R"({"a":"b)", "not valid JSON at byte 6: a string without an end"},
        {R"({"a":"b\"})", "not valid JSON at byte 6: a string without an end"},
        {"{\"a\":\"b\tc\"}", "not valid JSON at byte 8: a control character in a string"},
        {"{\"a\":\"b\\\n\"}", "not valid JSON at byte 9: a control character in a string"},
        {"{\"a\":\"é\xff\"}", "not valid JSON at byte 9: a byte that is no UTF-8"},
        {"{\"a\":\"\xed\xa0\x80\"}", "not valid JSON at byte 7: a byte that is no UTF-8"},
        {"{\"a\":\"\xf0\x9f\x98\"}", "not valid JSON at byte 7: a byte that is no UTF-8"},
        {"{\"a\":1}\xc3", "not valid JSON at byte 8: a byte that is no UTF-8"},
        {"{\"a\":1}\0"sv, "not valid JSON at byte 8: no closing bracket at its end"},
        {"[]", "not a JSON object"},
        {R"(["a", )", "not a JSON object"},
        {"5", "not a JSON object"},
        {"null", "not a JSON object"},
        {R"("{}")", "not a JSON object"},
        {"name=x", "not a JSON object"},
        {"\xff", "not a JSON object"},
    };
    reader reader;
    for (const auto& row : rows) {
        INFO(row.body);
        const auto outcome = reader.read_members(std::string{row.body});
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().kind == fault::rejected);
        CHECK(outcome.error().detail == row.detail);
    }
}

TEST_CASE("a body may be nested 128 deep and no deeper") {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + repeated("[", depth - 1) + repeated("]", depth - 1) + "}";
    };
    CHECK(members_of(nested(128)).front().kind == token::array);
    reader reader;
    for (const std::size_t depth : {129, 1023, 1025, 100'000}) {
        const auto outcome = reader.read_members(nested(depth));
        REQUIRE(outcome.has_error());
        if (depth == 129) CHECK(outcome.error().detail == "not valid JSON at byte 133: nested deeper than 128");
    }
}

TEST_CASE("a body's last byte may be cut anywhere") {
    constexpr std::string_view whole = R"({"name":"N\u00e9","tags":["a","b"],"n":-1.5e3,"o":{"x":[true,null]}})";
    reader reader;
    for (std::size_t size = 0; size < whole.size(); ++size) {
        // The bytes behind the end would complete the body.
        std::string body{whole};
        body.resize(size);
        INFO(body);
        const auto outcome = reader.read_members(std::move(body));
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().detail.starts_with("not valid JSON at byte "));
        CHECK(outcome.error().detail.find("at byte 0:") == std::string::npos);
    }
    CHECK(members_of(whole).size() == 4);
}

TEST_CASE("a hundred thousand members are read in one go") {
    const auto members = members_of("{" + repeated(R"("a":["b"],)", 100'000) + "\"c\":1}");
    REQUIRE(members.size() == 100'001);
    CHECK(members[99'999].of_texts);
    CHECK(members.back().name == "c");
}

}  // namespace
}  // namespace rollcall::normalizers
