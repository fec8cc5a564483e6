// The Link header in the forms that servers send it, and links that must not be followed.
#include "adapters/paging/link.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::adapters {

TEST_CASE("the next page's link is found in every form of the header") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"<https://a/x?page=2>; rel=\"next\"", "https://a/x?page=2"},
        {"<https://a/x>;rel=next", "https://a/x"},
        {"<https://a/x> ; REL = \"NEXT\"", "https://a/x"},
        {"<https://a/x>; rel=\"prev next\"", "https://a/x"},
        {"<https://a/x>; rel=\"next last\"", "https://a/x"},
        {"<https://a/1>; rel=\"prev\", <https://a/3>; rel=\"next\"", "https://a/3"},
        {"<https://a/1>; rel=prev , \t<https://a/3>; rel=next", "https://a/3"},
        {"<https://a/1>; rel=next, <https://a/2>; rel=next", "https://a/1"},
        {"<https://a/x,y;z>; rel=next", "https://a/x,y;z"},
        {"<https://a/x>; title=\"a, <b>; rel=prev\"; rel=next", "https://a/x"},
        {"<https://a/x>; title=\"quoted \\\" comma, here\"; rel=next", "https://a/x"},
        {"<https://a/1>; title=\"; rel=next\"; rel=prev, <https://a/2>; rel=next", "https://a/2"},
        {"junk, <https://a/x>; rel=next", "https://a/x"},
        {", ,<https://a/x>; rel=next,", "https://a/x"},
        {"<>; rel=next", ""},
        {"<https://a/x>; rel=next; anchor=\"#a\"", "https://a/x"},
        {"<https://a/x; rel=next", "<https://a/x; rel=next"},  // no end, so that it is refused later
    };
    for (const auto& [header, target] : cases) {
        CAPTURE(header);
        const auto found = next_link(header);
        REQUIRE(found.has_value());
        CHECK(*found == target);
    }
}

TEST_CASE("a header without a next page has none") {
    for (const std::string_view header :
         {"", " \t", ",", "<https://a/x>", "<https://a/x>; rel=prev", "<https://a/x>; rel=nextpage",
          "<https://a/x>; rel=\"next-archive\"", "<https://a/x>; xrel=next", "<https://a/x>; rel",
          "<https://a/x>; rel=", "<https://a/x>; title=next", "<https://a/x>; rel=prev; rel=next",
          "https://a/x; rel=next", "<https://a/x>; title=\"unclosed; rel=next"}) {
        CAPTURE(header);
        CHECK_FALSE(next_link(header).has_value());
    }
}

TEST_CASE("a link within the origin comes to its path and query") {
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {"https://a.example/agents?page=2", "/agents?page=2"},
        {"https://a.example:443/agents?page=2", "/agents?page=2"},
        {"https://a.example:/agents?page=2", "/agents?page=2"},
        {"HTTPS://A.EXAMPLE/agents?page=2", "/agents?page=2"},
        {"//a.example/agents?page=2", "/agents?page=2"},
        {"/agents?page=2#here", "/agents?page=2"},
        {"?page=2", "/v1/agents?page=2"},
        {"people?page=2", "/v1/people?page=2"},
        {"../agents?page=2", "/agents?page=2"},
        {"", "/v1/agents?size=5"},
        {"/agents?q=%0d%0aX:%20y", "/agents?q=%0d%0aX:%20y"},
    };
    for (const auto& [reference, target] : cases) {
        CAPTURE(reference);
        const auto found = same_origin_target("https://a.example", "/v1/agents?size=5", reference);
        REQUIRE(found.has_value());
        CHECK(*found == target);
    }
    CHECK(same_origin_target("http://127.0.0.1:8081", "/agents", "http://127.0.0.1:8081/agents?p=2") == "/agents?p=2");
    CHECK(same_origin_target("http://[::1]:8081", "/agents", "http://[::1]:8081/agents?p=2") == "/agents?p=2");
    CHECK(same_origin_target("http://a", "/agents", "http://a:80/agents?p=2") == "/agents?p=2");
}

TEST_CASE("a link that leaves the origin or is malformed is not followed") {
    for (const std::string_view reference : {"http://a.example/agents",
                                             "https://b.example/agents",
                                             "https://a.example.evil/agents",
                                             "https://a.example:8443/agents",
                                             "https://a.example:4294967739/agents",
                                             "https://user@a.example/agents",
                                             "https://user:password@a.example/agents",
                                             "https://@a.example/agents",
                                             "https://a.example@b.example/agents",
                                             "//b.example/agents",
                                             "https:///agents",
                                             "https:agents",
                                             "javascript:alert(1)",
                                             "file:///etc/passwd",
                                             "ftp://a.example/agents",
                                             "https://a.example",
                                             "/agents page=2",
                                             "/a\r\nX: y",
                                             "/agents?q=\"",
                                             "https://a.example\\@b.example/agents",
                                             "/%zz",
                                             "<https://a.example/agents",
                                             "https://[a.example]/agents"}) {
        CAPTURE(reference);
        CHECK_FALSE(same_origin_target("https://a.example", "/v1/agents?size=5", reference).has_value());
    }
    CHECK_FALSE(same_origin_target("http://a:8080", "/agents", "http://a/agents").has_value());
}

}  // namespace rollcall::adapters
