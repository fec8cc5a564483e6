// Broken documents, one by one: each is refused or read into valid JSON, and never trusted.
#include "tests/normalizers/audit.hpp"
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

bool is_read(std::string body) {
    reader reader;
    return reader.read_list(converra().plan_of_list(), std::move(body)).has_value();
}

/// A list whose one item holds `value` where every value is looked at, and where none is.
std::string looked_at(std::string_view value) {
    return R"({"data": [{"id": "1", "name": )"s + std::string{value} + R"(, "tags": [)" + std::string{value} + "]}]}";
}
std::string passed_over(std::string_view value) {
    return R"({"data": [{"id": "1", "x": )"s + std::string{value} + R"(, "y": [)" + std::string{value} + "]}]}";
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

TEST_CASE("a value that is none is refused wherever it stands") {
    constexpr std::string_view values[] = {"tru",
                                           "truee",
                                           "True",
                                           "nul",
                                           "nulll",
                                           "fals",
                                           "falsey",
                                           "none",
                                           "undefined",
                                           "",
                                           ",",
                                           "-",
                                           "01",
                                           "-01",
                                           "+1",
                                           ".5",
                                           "1.",
                                           "1e",
                                           "1e+",
                                           "0x10",
                                           "1 2",
                                           "Infinity",
                                           "-Infinity",
                                           "NaN",
                                           "'a'",
                                           "a",
                                           "\"abc\"xyz",
                                           "\"abc\"1",
                                           "\"abc\"\"def\"",
                                           "1\"abc\"",
                                           "true\"abc\"",
                                           "\"\\x\"",
                                           "\"\\u12\"",
                                           "\"\\u12g4\"",
                                           "\"\\ud800\\u\"",
                                           "\"tab\there\"",
                                           "\"line\nbreak\"",
                                           "\"a\0b\"",
                                           "\"abc",
                                           "abc\"",
                                           "[1,,2]",
                                           "[1,]",
                                           "[,1]",
                                           "[1 2]",
                                           "[1}",
                                           "{1]",
                                           "{]",
                                           "[}",
                                           "{,}",
                                           "{\"k\":tru}",
                                           "{\"k\"}",
                                           "{\"k\":}",
                                           "{\"k\" 1}",
                                           "{\"k\":1,}",
                                           "{,\"k\":1}",
                                           "{\"k\":1 \"l\":2}",
                                           "{\"k\"::1}",
                                           "{\"k\":1:2}",
                                           "{\"k\":\"v\":1}",
                                           "{\"k\":\"v\":}",
                                           "\"v\":1",
                                           "{k:1}",
                                           "{'k':1}",
                                           "{1:1}",
                                           "{null:1}",
                                           "{\"k\":1",
                                           "\"k\":1}",
                                           "[1",
                                           "1]",
                                           "{\"\\x\":1}",
                                           "{\"k\":[1,{\"l\":2]}",
                                           "\\\"a\"",
                                           "\"a\"\\\"b\"",
                                           "/* c */ 1",
                                           "1 // c",
                                           "1\f",
                                           "\f1",
                                           "1\v",
                                           "\x1a",
                                           "1\0"sv,
                                           "\0"sv,
                                           "\"\xff\"",
                                           "\"\xc0\xaf\"",
                                           "\"\xed\xa0\x80\"",
                                           "\"\xf4\x90\x80\x80\"",
                                           "\"\xe2\x82\"",
                                           "\xff",
                                           "\xef\xbb\xbf"
                                           "1",
                                           "\xc2\xa0"
                                           "1",
                                           "[[[1]]",
                                           "[[1]]]"};
    for (const std::string_view value : values) {
        INFO(value);
        auditor auditor{converra()};
        auditor.audit(looked_at(value));
        auditor.audit(passed_over(value));
        CHECK_FALSE(is_read(looked_at(value)));
        CHECK_FALSE(is_read(passed_over(value)));
    }
}

TEST_CASE("a value that is unusual is read wherever it stands") {
    constexpr std::string_view values[] = {"1e999",
                                           "-1e999",
                                           "1e-999",
                                           "-0",
                                           "-0.0",
                                           "123456789012345678901234567890",
                                           "18446744073709551616",
                                           "1E+2",
                                           "\"\"",
                                           "\"\\u0000\"",
                                           "\"\\ud800\"",
                                           "\"\\udc00\\ud800\"",
                                           "\"\x7f\"",
                                           "\"\\/\"",
                                           "{}",
                                           "[]",
                                           "{\"\":1}",
                                           "{\"k\":1,\"k\":2}",
                                           "{\"\\ud800\":1}",
                                           "[[[[]]]]",
                                           "\"\xf4\x8f\xbf\xbf\"",
                                           "\"\xef\xbb\xbf\"",
                                           " \t\r\n1\n\r\t ",
                                           "[ ]",
                                           "{ }",
                                           "[\n1\t,\r2 ]"};
    for (const std::string_view value : values) {
        INFO(value);
        auditor auditor{converra()};
        auditor.audit(looked_at(value));
        auditor.audit(passed_over(value));
        CHECK(is_read(looked_at(value)));
        CHECK(is_read(passed_over(value)));
    }
}

TEST_CASE("a document that is none is refused") {
    constexpr std::string_view bodies[] = {"",
                                           " ",
                                           "\n\t\r ",
                                           "\0"sv,
                                           "\xef\xbb\xbf",
                                           "null",
                                           "true",
                                           "5",
                                           "\"data\"",
                                           "tru",
                                           "{",
                                           "[",
                                           "}",
                                           "]",
                                           "{]",
                                           "[}",
                                           "\"",
                                           "{\"data\"",
                                           "{\"data\":",
                                           "{\"data\":[",
                                           "{\"data\":[]",
                                           "{\"data\":[}",
                                           "{\"data\":[]]",
                                           "{\"data\":[]}}",
                                           "{\"data\":[]} {\"data\":[]}",
                                           "{\"data\":[]},",
                                           "{\"data\":[]}]",
                                           "{\"data\":[]}\0"sv,
                                           "{\"data\":[]}x",
                                           "{\"data\":[]}\"",
                                           "{\"data\":[]}5",
                                           "\0{\"data\":[]}"sv,
                                           "x{\"data\":[]}",
                                           ",{\"data\":[]}",
                                           "{\"data\":[],}",
                                           "{,\"data\":[]}",
                                           "{\"data\" []}",
                                           "{\"data\":[{\"id\":\"1\"]}",
                                           "{\"data\":[{\"id\":\"1\"},]}",
                                           "{\"data\":[{\"id\":\"1\"},,{\"id\":\"2\"}]}",
                                           "{\"data\":[{\"id\":\"1\"}{\"id\":\"2\"}]}",
                                           "{'data':[]}",
                                           "{data:[]}",
                                           "{\"data\":[]\xff}",
                                           "\xff\xfe{\0}\0"sv,
                                           "\xef\xbb\xbf\xef\xbb\xbf{\"data\":[]}",
                                           "\xef\xbb{\"data\":[]}",
                                           "{\"\\ud8\":1,\"data\":[]}",
                                           "<html>{\"data\":[]}</html>",
                                           "{\"data\":[]}//",
                                           "{\"data\":{\"a\":[}]}"};
    for (const std::string_view body : bodies) {
        INFO(body);
        auditor auditor{converra()};
        auditor.audit(body);
        CHECK(auditor.refused == 1);
    }
}

TEST_CASE("a byte order mark in front is overlooked") {
    auditor auditor{converra()};
    const std::string body = "\xef\xbb\xbf"s + std::string{converra().list_example};
    auditor.audit(body);
    CHECK(auditor.pages == 1);
    const page page = read_sound_list(converra(), body);
    CHECK(agent_of(page).at("name") == "Customer Support");
    CHECK(page.items[0].source.of(page.body).starts_with('{'));
}

TEST_CASE("nesting is read up to 128 levels and refused beyond") {
    auditor auditor{converra()};
    for (const auto& [open, close, inner] :
         {std::tuple{"["sv, "]"sv, ""sv}, std::tuple{"["sv, "]"sv, "1"sv}, std::tuple{"{\"a\":"sv, "}"sv, "1"sv},
          std::tuple{"[{\"a\":"sv, "}]"sv, "1"sv}}) {
        const std::size_t levels = open[0] == '[' && open.size() > 1 ? 2 : 1;
        const auto nested = [&](std::size_t depth) {
            const std::string value =
                repeated(open, depth / levels) + std::string{inner} + repeated(close, depth / levels);
            return R"({"data": [], "x": )"s + value + "}";
        };
        INFO(open);
        CHECK(is_read(nested(126)));
        CHECK(is_read(nested(levels == 2 ? 126 : 127)));
        CHECK_FALSE(is_read(nested(128)));
        for (const std::size_t depth : {126, 127, 128, 129, 130, 1023, 1024, 1025})
            auditor.audit(nested(depth));
    }
}

TEST_CASE("a hundred thousand open brackets do not overflow the stack") {
    auditor auditor{converra()};
    for (const std::string_view open : {"[", "{\"a\":", "[{\"a\":", "{\"data\":", "{\"data\":["}) {
        INFO(open);
        const std::string opened = repeated(open, 100'000);
        const std::string_view close = open.ends_with('[') ? "]" : "}";
        auditor.audit(opened);
        auditor.audit(opened + "1" + repeated(close, 100'000));
        auditor.audit(opened + "1" + std::string{close});
        auditor.audit(R"({"data": [{"id": "1", "tags": )"s + opened + "]}]}");
    }
    CHECK(auditor.pages == 0);
    CHECK(auditor.refused == 20);
}

TEST_CASE("ten megabytes in one place are read like any others") {
    constexpr std::size_t ten_megabytes = 10'000'000;
    reader reader;
    const auto plan = converra().plan_of_list();
    const std::string plain(ten_megabytes, 'x');
    const auto with_name = reader.read_list(plan, R"({"data": [{"id": "1", "name": ")"s + plain + "\"}]}");
    REQUIRE(with_name.has_value());
    CHECK(agent_of(*with_name).at("name").as_string().size() == ten_megabytes);
    const auto with_id = reader.read_list(plan, R"({"data": [{"id": ")"s + plain + "\"}]}");
    REQUIRE(with_id.has_value());
    CHECK(with_id->items.empty());
    CHECK(with_id->strings.empty());
    const auto with_key = reader.read_list(plan, R"({"data": [{"id": "1", ")"s + plain + "\": 1}]}");
    REQUIRE(with_key.has_value());
    CHECK(with_key->items.size() == 1);
    CHECK_FALSE(is_read(R"({"data": [{"id": "1", "name": ")"s + plain));
    CHECK_FALSE(is_read(looked_at(std::string(ten_megabytes, '1') + "x")));
    CHECK(is_read(R"({"data": [)"s + std::string(ten_megabytes, ' ') + "]}"));
}

TEST_CASE("a document may end anywhere, and nothing behind it is read as its own") {
    for (const dialect* const dialect : all_dialects()) {
        INFO(dialect->provider);
        auditor auditor{*dialect};
        const std::string_view whole = dialect->list_example;
        for (std::size_t size = 0; size < whole.size(); ++size) {
            // The bytes behind the end would complete the document.
            std::string body{whole};
            body.resize(size);
            auditor.audit(body);
        }
        CHECK(auditor.pages == 0);
        CHECK(auditor.refused == whole.size());
    }
}

TEST_CASE("a document's last key may be cut anywhere before the end of the buffer") {
    // The reader compares keys with those it expects; what it expects is longer than what is left.
    for (const std::string_view body :
         {R"({"pagination":{"n":1}})", R"([{"":1}])", R"({"":1})", R"({"d":1})", R"({"p":{}})"}) {
        auditor auditor{hyperrep()};
        auditor.audit(body);
        CHECK(auditor.refused == 1);
    }
    dialect mine;
    mine.provider = "mine";
    mine.rules = {{"id", from("/"s + std::string(1000, 'k'))}};
    mine.list.items = pointer("/data");
    auditor auditor{mine};
    auditor.audit(R"({"data":[{"k":1}]})");
    auditor.audit(R"({"data":[{")"s + std::string(999, 'k') + R"(":"1"}]})");
    CHECK(read_items(mine, R"({")"s + std::string(1000, 'k') + R"(":"1"})").items.size() == 1);
}

}  // namespace
}  // namespace rollcall::normalizers::tests
