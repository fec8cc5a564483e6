// Numbers and escapes, by table.
#include "normalizers/scalar.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::normalizers {
namespace {

using namespace std::literals;

/// What repair_escapes leaves of `inside`; "refused" where it refuses.
std::string repaired(std::string inside) {
    return repair_escapes(inside.data(), inside.size()) ? inside : "refused";
}

std::string unescaped(std::string_view inside) {
    std::string out = "before ";
    append_unescaped(out, inside);
    return out.substr(7);
}

/// The text ends with a NUL, which no number holds.
bool is_number(const std::string& text) {
    return behind_number(text.c_str()) == text.c_str() + text.size();
}

TEST_CASE("a number is what RFC 8259 calls one") {
    for (const auto number : {"0", "-0", "7", "10", "-12", "1.0", "0.5", "-0.25", "1e5", "1E5", "1e+5", "1e-05", "0e0",
                              "1.5E+10", "123456789012345678901234567890", "1e999"}) {
        INFO(number);
        CHECK(is_number(number));
    }
}

TEST_CASE("what only looks like a number is none") {
    for (const auto other :
         {"",   "-",  "+1", "01",   "-01",   "00",  ".5",  "1.",       "1.e5",      "-.5", "1e",    "1e+",  "1e5.0",
          "1 ", " 1", "1a", "0x10", "1_000", "1,5", "--1", "Infinity", "-Infinity", "NaN", "1e5e5", "1..2", "\"1\""}) {
        INFO(other);
        CHECK_FALSE(is_number(other));
    }
    CHECK_FALSE(is_number("1\0"s));
}

TEST_CASE("an id's number is whole, and written in one way only") {
    for (const auto whole : {"0", "7", "-7", "123", "123456789012345678901234567890"}) {
        INFO(whole);
        CHECK(is_integer(whole));
    }
    for (const auto other : {"", "-", "-0", "007", "1.0", "1e3", "1E3", "+1", "1 "}) {
        INFO(other);
        CHECK_FALSE(is_integer(other));
    }
}

TEST_CASE("sound escapes are left as they are") {
    for (const auto inside :
         {"", "plain", R"(\"\\\/\b\f\n\r\t)", R"(\u0000)", R"(\u00e9)", R"(\u00E9x)", R"(\ud83d\ude00)",
          R"(\uD83D\uDE00)", R"(\\ud800)", R"(a\ud83d\ude00b\ud83d\ude00)", R"(\udbff\udfff)"}) {
        INFO(inside);
        CHECK(repaired(inside) == inside);
    }
}

TEST_CASE("a lone surrogate becomes the replacement character in its place") {
    struct {
        const char* sent;
        const char* repaired;
    } const rows[] = {
        {R"(\ud800)", R"(\ufffd)"},
        {R"(\uDFFF)", R"(\ufffd)"},
        {R"(a\udc00b)", R"(a\ufffdb)"},
        {R"(\ud83d\ud83d\ude00)", R"(\ufffd\ud83d\ude00)"},
        {R"(\ude00\ud83d)", R"(\ufffd\ufffd)"},
        {R"(\ud83d\n)", R"(\ufffd\n)"},
        {R"(\ud83dxxxxxx)", R"(\ufffdxxxxxx)"},
        {R"(\ud83d\u0041)", R"(\ufffd\u0041)"},
        {R"(\ud83d\\ude00)", R"(\ufffd\\ude00)"},
        {R"(\ud83d\ude00\ude00)", R"(\ud83d\ude00\ufffd)"},
    };
    for (const auto& row : rows) {
        INFO(row.sent);
        CHECK(repaired(row.sent) == row.repaired);
    }
}

TEST_CASE("a broken escape is refused") {
    for (const auto inside :
         {R"(\)", R"(a\)", R"(\x41)", R"(\a)", R"(\')", R"(\U0041)", R"(\u)", R"(\u004)", R"(\u00g1)", R"(\u 041)",
          R"(\u-041)", R"(\ud83d\u)", R"(\ud83d\ude0)", R"(\ud83d\)", "\\\n"}) {
        INFO(inside);
        CHECK(repaired(inside) == "refused");
    }
    CHECK(repaired("\\\0"s) == "refused");
    CHECK(repaired("\\\0abc"s) == "refused");
}

TEST_CASE("an escaped string says its characters") {
    CHECK(unescaped("") == "");
    CHECK(unescaped("plain é") == "plain é");
    CHECK(unescaped(R"(\"\\\/\b\f\n\r\t)") == "\"\\/\b\f\n\r\t");
    CHECK(unescaped(R"(\u0000)") == "\0"sv);
    CHECK(unescaped(R"(\u007f\u0080\u07ff\u0800\uffff)") == "\x7f\u0080\u07ff\u0800\uffff");
    CHECK(unescaped(R"(a\ud83d\ude00z)") == "a😀z");
    CHECK(unescaped(R"(\ud800\udc00\udbff\udfff)") == "\U00010000\U0010ffff");
    CHECK(unescaped(R"(\ufffd)") == "\ufffd");
    CHECK(unescaped(R"(\\u0041)") == R"(\u0041)");
}

TEST_CASE("the inside of a string ends at its own quote") {
    CHECK(inside_from("\"") == "");
    CHECK(inside_from("abc\", \"def\"") == "abc");
    CHECK(inside_from(R"(a\"b\\", "c")") == R"(a\"b\\)");
}

}  // namespace
}  // namespace rollcall::normalizers
