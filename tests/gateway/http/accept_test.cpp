// Accept headers: which of them take JSON.
#include "gateway/http/accept.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

namespace rollcall::gateway {
namespace {

bool accepted(std::initializer_list<std::string_view> lines) {
    std::vector<header_field> fields{{"Host", "text/html"}};
    for (const std::string_view line : lines)
        fields.push_back({fields.size() % 2 == 0 ? "accept" : "Accept", line});
    request request;
    request.headers = fields;
    return accepts_json(request);
}

}  // namespace

TEST_CASE("a client that says nothing takes JSON") {
    CHECK(accepted({}));
    CHECK(accepted({""}));
    CHECK(accepted({" , ,"}));
    CHECK(accepted({"", ""}));
}

TEST_CASE("a range that holds JSON admits it, whatever its case, weight and parameters") {
    for (const std::string_view line :
         {"application/json", "APPLICATION/Json", "application/*", "*/*", "text/html, application/json",
          "text/html,application/json;q=0.1", "application/json;q=1.000", "application/json ; charset=utf-8",
          "application/json;charset=\"utf-8, q=0;\"", "application/json; indent=4; q=0.001", "*/*;q=0.8",
          "text/html, application/xhtml+xml, application/xml;q=0.9, image/webp, */*;q=0.8", "application/json;;q=0.5",
          ",application/json,", "application/json;Q=0.3", "text/html;q=0, */*",
          "text/html;note=\"a \\\" b, c\", application/json"}) {
        CAPTURE(line);
        CHECK(accepted({line}));
    }
}

TEST_CASE("a client that names only others, or refuses JSON, does not take it") {
    for (const std::string_view line :
         {"text/html", "text/*", "application/xml", "application/jsonp", "application/vnd.api+json",
          "application/problem+json", "application/json;q=0", "application/json; q=0.0", "application/json;q=0.",
          "application/json;q=0.000", "*/*;q=0", "application/*;q=0", "application/json;charset=utf-8;q=0",
          "text/html, application/xhtml+xml", "text/html;note=\"application/json\"", "text/html;a=\", */*\""}) {
        CAPTURE(line);
        CHECK_FALSE(accepted({line}));
    }
}

TEST_CASE("the most specific range decides, wherever it stands") {
    CHECK_FALSE(accepted({"*/*, application/json;q=0"}));
    CHECK_FALSE(accepted({"application/json;q=0, */*"}));
    CHECK_FALSE(accepted({"*/*, application/*;q=0"}));
    CHECK(accepted({"*/*;q=0, application/json"}));
    CHECK(accepted({"application/*;q=0, application/json;q=0.1"}));
    CHECK(accepted({"*/*;q=0, application/*;q=0.5"}));
    CHECK(accepted({"application/json;q=0, application/json;v=2"}));
}

TEST_CASE("all field lines count as one") {
    CHECK(accepted({"text/html", "application/json"}));
    CHECK(accepted({"application/json", "text/html"}));
    CHECK_FALSE(accepted({"text/html", "text/plain"}));
    CHECK_FALSE(accepted({"*/*", "application/json;q=0"}));
    CHECK_FALSE(accepted({"", "text/html"}));
}

TEST_CASE("a malformed header refuses nothing") {
    for (const std::string_view line : {"text",
                                        "*",
                                        "text/html, image/gif, *; q=.2",
                                        "text/",
                                        "/html",
                                        "*/html",
                                        "text/html text/plain",
                                        "text/html;q=2",
                                        "text/html;q=",
                                        "text/html;q=0.1234",
                                        "text/html;q=1.1",
                                        "text/html;q=-1",
                                        "text/html;q=\"0\"",
                                        "text/html;a",
                                        "text/html;a=\"open",
                                        "text/html;a=b c",
                                        "text//html",
                                        "text/html;q=0x",
                                        "(text/html)",
                                        "text/html;a=\"b\\"}) {
        CAPTURE(line);
        CHECK(accepted({line}));
    }
    CHECK(accepted({"text/html", "broken"}));
}

}  // namespace rollcall::gateway
