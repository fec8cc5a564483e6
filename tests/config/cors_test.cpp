// `server.cors`: its keys, its defaults, and the exact words for each origin that is none.
#include "tests/config/faults.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

std::string with_cors(const std::string& keys) {
    return "providers: [{name: a, profile: heppu}]\nserver:\n  cors: " + keys + "\n";
}

std::string fault_of_origin(const std::string& origin) {
    return faults_of(with_cors("{origins: [\"" + origin + "\"]}"));
}

}  // namespace

TEST_CASE("without server.cors no other origin is let in") {
    CHECK_FALSE(load_text("providers: [{name: a, profile: heppu}]").settings.server.cors);
}

TEST_CASE("origins are taken as browsers write them") {
    const auto [read, faults] = load_text(with_cors(
        "{origins: [https://console.example, \"http://localhost:3000\", \"http://[::1]:8081\"], max_age: 1h}"));
    CHECK(lines(faults) == "");
    REQUIRE(read.server.cors);
    CHECK(read.server.cors->origins ==
          std::vector<std::string>{"https://console.example", "http://localhost:3000", "http://[::1]:8081"});
    CHECK(read.server.cors->max_age == 1h);
}

TEST_CASE("a preflight's answer is kept for ten minutes unless something else is said") {
    const auto [read, faults] = load_text(with_cors("{origins: [https://a.example]}"));
    CHECK(lines(faults) == "");
    REQUIRE(read.server.cors);
    CHECK(read.server.cors->max_age == 10min);
}

TEST_CASE("what is wrong with server.cors is named") {
    CHECK(faults_of(with_cors("{max_age: 1m}")) == "c.yaml:3:9: server.cors.origins: is missing");
    CHECK(faults_of(with_cors("{origins: []}")) == "c.yaml:3:19: server.cors.origins: must hold at least one origin");
    CHECK(faults_of(with_cors("{origins: [https://a.example, https://a.example]}")) ==
          "c.yaml:3:39: server.cors.origins[1]: stands there already");
    CHECK(faults_of(with_cors("{origins: [https://a.example], max_age: 25h}")).find("server.cors.max_age: ") !=
          std::string::npos);
    CHECK(faults_of(with_cors("{origin: https://a.example}")).find("did you mean origins?") != std::string::npos);
}

TEST_CASE("an origin that no browser sends is refused, with the one that it would send where there is one") {
    const std::string place = "c.yaml:3:20: server.cors.origins[0]: ";
    const auto unfit = [&](const std::string& origin) {
        return place + "expected an origin such as https://console.example or http://localhost:3000, found \"" +
               origin + '"';
    };
    for (const std::string origin : {"*", "null", "console.example", "https://*.example", "https://a.example/console",
                                     "ftp://a.example", "https://user@a.example", "https://a.example?b", ""}) {
        CAPTURE(origin);
        CHECK(fault_of_origin(origin) == unfit(origin));
    }
    CHECK(fault_of_origin("https://a.example/") == place + "browsers write it as \"https://a.example\"");
    CHECK(fault_of_origin("HTTPS://A.example") == place + "browsers write it as \"https://a.example\"");
    CHECK(fault_of_origin("https://a.example:443") == place + "browsers write it as \"https://a.example\"");
    CHECK(fault_of_origin("http://a.example:0443") == place + "browsers write it as \"http://a.example:443\"");
}

}  // namespace rollcall::config
