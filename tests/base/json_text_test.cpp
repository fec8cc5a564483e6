// Writing JSON: whatever goes in, the text that comes out is valid and says the same.
#include "base/json_text.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

namespace rollcall {
namespace {

using namespace std::literals;

std::string json_string(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

TEST_CASE("a string is escaped where JSON asks for it") {
    struct {
        const char* situation;
        std::string_view text;
        std::string_view written;
    } const rows[] = {
        {"nothing", "", R"("")"},
        {"plain", "Kara Danvers", R"("Kara Danvers")"},
        {"quotes and backslashes", R"(a"b\c)", R"("a\"b\\c")"},
        {"a slash stays", "a/b", R"("a/b")"},
        {"lines and tabs", "a\r\n\tb", R"("a\r\n\tb")"},
        {"other control characters", "\0\x01\x1f\x7f"sv, "\"\\u0000\\u0001\\u001f\\u007f\""},
        {"letters of two, three and four bytes", "é€😀", "\"é€😀\""},
        {"escapes at both ends", "\"x\"", R"("\"x\"")"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        CHECK(json_string(row.text) == row.written);
        CHECK(boost::json::parse(json_string(row.text)).as_string() == row.text);
    }
}

TEST_CASE("bytes that are no UTF-8 become replacement characters, and their neighbours stay") {
    struct {
        const char* situation;
        std::string_view text;
        std::string_view written;
    } const rows[] = {
        {"a lone byte",
         "a\xff"
         "b",
         R"("a\ufffdb")"},
        {"good letters around a bad byte", "é\xff€", "\"é\\ufffd€\""},
        {"a letter cut off", "ab\xe2\x82", R"("ab\ufffd\ufffd")"},
        {"a letter cut off by another", "\xe2\x82é", "\"\\ufffd\\ufffdé\""},
        {"a surrogate", "\xed\xa0\x80", R"("\ufffd\ufffd\ufffd")"},
        {"an overlong slash", "\xc0\xaf", R"("\ufffd\ufffd")"},
        {"beyond Unicode", "\xf4\x90\x80\x80", R"("\ufffd\ufffd\ufffd\ufffd")"},
        {"a quote behind a bad byte", "\xc3\"", R"("\ufffd\"")"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        CHECK(json_string(row.text) == row.written);
        CHECK_NOTHROW((void)boost::json::parse(json_string(row.text)));
    }
}

TEST_CASE("every pair of bytes becomes valid JSON") {
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            const char bytes[] = {static_cast<char>(first), static_cast<char>(second)};
            boost::system::error_code error;
            (void)boost::json::parse(json_string({bytes, 2}), error);
            if (error) FAIL(first, " ", second, ": ", error.message());
        }
    }
}

TEST_CASE("members get commas between them, and none behind an opening brace") {
    std::string out = "{";
    append_json_member(out, "name", "a\"b");
    append_json_raw_member(out, "count", "7");
    append_json_key(out, "inner");
    out += '{';
    append_json_raw_member(out, "ends in a brace", "null");
    out += '}';
    append_json_member(out, "brace", "{");
    append_json_member(out, "after", "x");
    out += '}';
    CHECK(out == R"({"name":"a\"b","count":7,"inner":{"ends in a brace":null},"brace":"{","after":"x"})");
}

TEST_CASE("the first member of an empty text has no comma") {
    std::string out;
    append_json_member(out, "a", "b");
    CHECK(out == R"("a":"b")");
}

}  // namespace
}  // namespace rollcall
