// Content-Type fields as clients write them.
#include "gateway/http/media_type.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway {
namespace {

constexpr std::string_view taken[] = {"application/json", "application/merge-patch+json"};

}  // namespace

TEST_CASE("a type that is taken is known in any case and with any parameters") {
    for (const std::string_view value :
         {"application/json", "Application/JSON", "application/merge-patch+json", "application/json; charset=utf-8",
          "application/json;charset=UTF-8", "application/json ; Charset=\"utf-8\"",
          "application/json;charset=\"u\\tf-8\"",
          "application/json; profile=\"https://example.com/a;b=\\\"c\\\"\"; charset=utf-8", "application/json;v=1",
          "application/json;", "application/json; ;charset=utf-8 ; ", "  application/json\t",
          "application/json;x=\"\""}) {
        CAPTURE(value);
        CHECK(names_media_type(value, taken));
    }
}

TEST_CASE("another type, another charset and what is no type at all are told apart from it") {
    for (const std::string_view value : {"",
                                         "application",
                                         "application/",
                                         "/json",
                                         "json",
                                         "text/json",
                                         "application/jsonp",
                                         "application/json-seq",
                                         "application/problem+json",
                                         "application/*",
                                         "*/*",
                                         "application / json",
                                         "text/plain",
                                         "application/x-www-form-urlencoded",
                                         "application/json, text/plain",
                                         "application/json charset=utf-8",
                                         "application/json; charset=latin1",
                                         "application/json; charset=utf-16",
                                         "application/json; charset=utf8",
                                         "application/json; charset=\"latin1\"",
                                         "application/json; charset=",
                                         "application/json; charset",
                                         "application/json; charset = utf-8",
                                         "application/json; =x",
                                         "application/json; x=\"open",
                                         "application/json; x=\"open\\",
                                         "application/json; x=a b",
                                         "application/json; charset=utf-8; charset=latin1",
                                         "application/json; x=\"a\"b"}) {
        CAPTURE(value);
        CHECK_FALSE(names_media_type(value, taken));
    }
}

}  // namespace rollcall::gateway
