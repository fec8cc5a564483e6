// How an origin is written.
#include "adapters/transport/transport.hpp"

#include <doctest/doctest.h>

using rollcall::adapters::origin;

TEST_CASE("an origin names its port only where it is not the scheme's own") {
    const auto text = [](bool tls, const char* host, const char* port) {
        origin origin;
        origin.tls = tls;
        origin.host = host;
        origin.port = port;
        return origin.to_string();
    };
    CHECK(text(true, "api.example", "443") == "https://api.example");
    CHECK(text(true, "api.example", "80") == "https://api.example:80");
    CHECK(text(false, "api.example", "80") == "http://api.example");
    CHECK(text(false, "::1", "9001") == "http://[::1]:9001");
}
