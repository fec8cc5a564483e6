// Base URLs that a provider may and may not have.
#include "config/base_url.hpp"

#include <doctest/doctest.h>

#include <string_view>

using rollcall::config::parse_base_url;

TEST_CASE("a base URL is taken apart") {
    struct row {
        std::string_view text;
        bool tls;
        std::string_view host, port, path_prefix;
    };
    constexpr row rows[] = {
        {"https://api.heppu.example/v1", true, "api.heppu.example", "443", "/v1"},
        {"https://api.heppu.example/v1/", true, "api.heppu.example", "443", "/v1"},
        {"https://api.heppu.example:/a/b//", true, "api.heppu.example", "443", "/a/b"},
        {"http://127.0.0.1:9001", false, "127.0.0.1", "9001", ""},
        {"http://localhost:9001/", false, "localhost", "9001", ""},
        {"HTTP://Example.COM:80/A%20b", false, "example.com", "80", "/A%20b"},
        {"https://[::1]:8443/x", true, "::1", "8443", "/x"},
        {"http://[2001:DB8::1]", false, "2001:db8::1", "80", ""},
        {"http://simulator_1:65535", false, "simulator_1", "65535", ""},
    };
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto url = parse_base_url(row.text);
        REQUIRE(url.has_value());
        CHECK(url->tls == row.tls);
        CHECK(url->host == row.host);
        CHECK(url->port == row.port);
        CHECK(url->path_prefix == row.path_prefix);
    }
}

TEST_CASE("what is no base URL of a provider is none") {
    constexpr std::string_view refused[] = {
        "",
        "api.example",
        "//api.example",
        "ftp://api.example",
        "https:api.example",
        "https://",
        "https:///v1",
        "https://:443/v1",
        "https://key@api.example/",
        "https://api.example/?a=b",
        "https://api.example/#part",
        "https://api.example:0/",
        "https://api.example:65536/",
        "https://api.example:99999999999/",
        "https://api.example:port/",
        "https://api.example:80x/",
        "https://[::1]x/",
        "https://api%0d%0a.example/",
        "https://api example/",
        "https://[::1/",
        "https://[v1.x]/",
    };
    for (const auto text : refused) {
        CAPTURE(text);
        CHECK_FALSE(parse_base_url(text).has_value());
    }
}
