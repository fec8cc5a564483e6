// Base64 in both alphabets, by RFC 4648's own vectors and by what must be refused.
#include "base/base64.hpp"

#include <doctest/doctest.h>

namespace rollcall {
namespace {

using namespace std::literals;

TEST_CASE("the test vectors of RFC 4648") {
    struct {
        std::string_view bytes;
        std::string_view standard;
        std::string_view url;
    } const rows[] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
        {"\0\0\0"sv, "AAAA", "AAAA"},
        {"\xfb\xff\xfe"sv, "+//+", "-__-"},
    };
    for (const auto& row : rows) {
        INFO(row.standard);
        CHECK(base64(row.bytes) == row.standard);
        CHECK(base64url(row.bytes) == row.url);
        CHECK(from_base64url(row.url) == row.bytes);
    }
}

TEST_CASE("every byte comes back, at every length of the last block") {
    std::string bytes;
    for (int i = 0; i < 3 * 256; ++i) {
        CHECK(from_base64url(base64url(bytes)) == bytes);
        bytes += static_cast<char>(i);
    }
}

TEST_CASE("what is not the one base64url form of anything is refused") {
    struct {
        const char* situation;
        std::string_view text;
    } const rows[] = {
        {"padding", "Zg=="},
        {"padding alone", "="},
        {"four times padding", "===="},
        {"a single character", "Z"},
        {"a block and a single character", "Zm9vY"},
        {"the standard alphabet's plus", "+__-"},
        {"the standard alphabet's slash", "-/_-"},
        {"stray bits behind one byte", "Zh"},
        {"stray bits behind two bytes", "Zm9"},
        {"a blank in front", " Zm9v"},
        {"a line's end behind", "Zm9v\n"},
        {"a blank within", "Zm 9v"},
        {"padding within", "Zg==Zg=="},
        {"a zero byte", "Zm9v\0"sv},
        {"a byte that is no ASCII", "Zm9\xff"},
        {"other characters", "!!!!"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        CHECK_FALSE(from_base64url(row.text).has_value());
    }
}

}  // namespace
}  // namespace rollcall
