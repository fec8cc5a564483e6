// Percent-encoding, in paths and in queries.
#include "gateway/http/percent_encoding.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway {

TEST_CASE("a plus sign is a space in a query only, and one that is encoded is a plus sign everywhere") {
    std::string text = "what was there before";
    CHECK(decode_percent("a+b%2Bc%20d", plus_sign::plus, text));
    CHECK(text == "a+b+c d");
    CHECK(decode_percent("a+b%2Bc%20d", plus_sign::space, text));
    CHECK(text == "a b+c d");
}

TEST_CASE("what is encoded may be any byte, and is decoded once") {
    std::string text;
    CHECK(decode_percent("%00%c3%BC%2541", plus_sign::plus, text));
    CHECK(text == std::string("\0\xc3\xbc%41", 6));
}

TEST_CASE("an encoding that is broken anywhere is told") {
    std::string text;
    for (const std::string_view broken : {"%", "a%4", "%zz", "1%2", "%%41", "a%4gb"}) {
        CAPTURE(broken);
        CHECK_FALSE(decode_percent(broken, plus_sign::space, text));
    }
}

}  // namespace rollcall::gateway
