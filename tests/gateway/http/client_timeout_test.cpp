// X-Request-Timeout-Ms: what is a time, and what a session answers to what is none.
#include "gateway/http/client_timeout.hpp"

#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway::testing {
namespace {

using std::chrono::milliseconds;

raw_answer ask(test_server& server, const std::string& path, const std::string& fields) {
    raw_client client(server.port());
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    auto answer = client.read();
    REQUIRE(answer);
    return *answer;
}

}  // namespace

TEST_CASE("a client's time is a whole number of milliseconds from 1 on") {
    CHECK(read_client_timeout("1") == milliseconds(1));
    CHECK(read_client_timeout("1500") == milliseconds(1500));
    CHECK(read_client_timeout("0250") == milliseconds(250));
    for (const std::string wrong : {"", "0", "000", "-1", "+1", "1.5", "1e3", "1s", " 1", "0x10", "1,2", "one"}) {
        CAPTURE(wrong);
        CHECK_FALSE(read_client_timeout(wrong));
    }
}

TEST_CASE("a time that is longer than any request may take is taken as such, however large") {
    CHECK(read_client_timeout("3600001") == std::chrono::hours(1));
    CHECK(read_client_timeout("4294967296") == std::chrono::hours(1));
    CHECK(read_client_timeout(std::string(300, '9')) == std::chrono::hours(1));
}

TEST_CASE("a client's time shortens its request's and never lengthens it") {
    test_server server;
    const auto left = [&](const std::string& fields) {
        const auto answer = ask(server, "/agents", fields);
        REQUIRE(answer.status == 200);
        const auto at = answer.body.find("left_ms=") + 8;
        return std::stoi(answer.body.substr(at, answer.body.find('\n', at) - at));
    };
    const int usual = left("");
    CHECK(usual > 1500);
    CHECK(usual <= 3000);
    CHECK(left("X-Request-Timeout-Ms: 800\r\n") <= 800);
    CHECK(left("x-request-timeout-ms:  60000  \r\n") <= 3000);
    CHECK(left("X-Request-Timeout-Ms: 60000\r\n") > 1500);
}

TEST_CASE("a time that is none is refused by name, where a resource would have answered") {
    test_server server;
    for (const std::string wrong : {"0", "soon", "-5", ""}) {
        CAPTURE(wrong);
        const auto answer = ask(server, "/agents", "X-Request-Timeout-Ms: " + wrong + "\r\n");
        CHECK(answer.status == 400);
        CHECK(answer.body.find(R"("code":"invalid_parameter")") != std::string::npos);
        CHECK(
            answer.body.find(R"("errors":[{"parameter":"X-Request-Timeout-Ms","detail":"it must be a whole number)") !=
            std::string::npos);
    }
    const auto twice = ask(server, "/agents", "X-Request-Timeout-Ms: 100\r\nX-Request-Timeout-Ms: 100\r\n");
    CHECK(twice.status == 400);
    CHECK(twice.body.find("given more than once") != std::string::npos);
    CHECK(ask(server, "/nothing", "X-Request-Timeout-Ms: 0\r\n").status == 404);

    raw_client client(server.port());
    client.send(
        "GET /agents HTTP/1.1\r\nHost: a\r\nX-Request-Timeout-Ms: 0\r\n\r\nGET /agents HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.read()->status == 400);
    CHECK(client.read()->status == 200);
}

TEST_CASE("another policy answers what begins after it, and the former is held by what began before") {
    test_server server;
    raw_client held(server.port());
    raw_client open(server.port());
    held.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
    server.wait_for_held(1);
    const std::weak_ptr<const listener_policy> former = server.policy();
    config::limits narrow;
    narrow.uri_bytes = 300;
    server.adopt(narrow, std::chrono::seconds{3});
    CHECK_FALSE(former.expired());
    open.send("GET /" + std::string(400, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(open.read()->status == 414);
    server.release();
    CHECK(held.read()->body == "held");
    held.send("GET /agents HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(held.read()->status == 200);
    CHECK(former.expired());
    held.send("GET /" + std::string(400, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(held.read()->status == 414);
}

}  // namespace rollcall::gateway::testing
