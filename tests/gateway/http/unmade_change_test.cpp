// Requests for a change that come to nothing before a handler answers for them: each is told to the observer, once.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway::testing {
namespace {

using lines = std::vector<std::string>;

std::string change(const std::string& method, const std::string& path, const std::string& fields = {}) {
    return method + ' ' + path + " HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n" + fields + "\r\n";
}

lines told(test_server& server, std::size_t requests) {
    REQUIRE(server.observer.wait([&](const auto& record) { return record.finished.size() == requests; }));
    return server.observer.now().unmade;
}

}  // namespace

TEST_CASE("a change that is refused on the way to its handler is told, with what it was refused for") {
    test_server server;
    CHECK(ask(server, change("POST", "/agents", "X-Request-Timeout-Ms: 0\r\n")).status == 400);
    CHECK(ask(server, change("DELETE", "/agents")).status == 405);
    CHECK(ask(server, change("PUT", "/agents/1")).status == 405);
    CHECK(ask(server, change("POST", "/agents/1/nothing")).status == 404);
    CHECK(ask(server, change("PATCH", "/agents/%zz")).status == 400);
    CHECK(told(server, 5) == lines{"POST /agents 400 invalid_parameter", "DELETE /agents 405 method_not_allowed",
                                   "PUT /agents/1 405 method_not_allowed", "POST /agents/1/nothing 404 not_found",
                                   "PATCH /agents/%zz 400 malformed_request"});
}

TEST_CASE("a change that its handler answers for, a read, and a request whose head is broken are not told") {
    test_server server;
    CHECK(ask(server, change("POST", "/agents")).status == 200);
    CHECK(ask(server, get("/nothing")).status == 404);
    CHECK(ask(server, "OPTIONS /agents HTTP/1.1\r\nHost: a\r\n\r\n").status == 405);
    CHECK(ask(server, "POST /agents HTTP/1.1\r\nContent-Length: 0\r\n\r\n").status == 400);
    CHECK(told(server, 4).empty());
}

TEST_CASE("a change whose client does not wait to hear that it was refused is told as what was decided") {
    test_server server;
    for (int i = 0; i < 50; ++i) {
        raw_client hasty{server.port()};
        hasty.send(change("POST", "/agents", "X-Request-Timeout-Ms: 0\r\n"));
        hasty.reset();
    }
    CHECK(ask(server, change("POST", "/agents", "X-Request-Timeout-Ms: 0\r\n")).status == 400);
    // Those that were cut off before they were read are no requests.
    REQUIRE(server.observer.wait(
        [](const auto& record) { return record.finished.size() == static_cast<std::size_t>(record.started); }));
    const lines all = server.observer.now().unmade;
    CHECK(all == lines(all.size(), "POST /agents 400 invalid_parameter"));
    CHECK_FALSE(all.empty());
}

TEST_CASE("a change whose handler breaks is told as the failure that it was") {
    test_server server;
    CHECK(ask(server, change("POST", "/throws")).status == 500);
    CHECK(told(server, 1) == lines{"POST /throws 500 internal_error"});
}

TEST_CASE("a change that no place became free for is told, and one whose client left before its turn") {
    config::limits limits;
    limits.in_flight = 1;
    limits.in_flight_wait = std::chrono::minutes{1};
    test_server server{limits};
    raw_client first{server.port()};
    first.send(get("/held"));
    server.wait_for_held(1);
    CHECK(ask(server, change("POST", "/agents", "X-Request-Timeout-Ms: 1\r\n")).status == 503);
    CHECK(told(server, 1) == lines{"POST /agents 503 overloaded"});
    {
        raw_client second{server.port()};
        second.send(change("PATCH", "/agents/7"));
        REQUIRE(server.observer.wait([](const auto& record) { return record.waiting == 1; }));
        second.reset();
    }
    server.release();
    REQUIRE(first.read());
    CHECK(told(server, 3).back() == "PATCH /agents/7 499 client_closed_request");
}

}  // namespace rollcall::gateway::testing
