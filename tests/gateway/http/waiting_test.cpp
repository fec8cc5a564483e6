// Requests that wait for their turn, because as many as there may be are being answered.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace rollcall::gateway::testing {
namespace {

using std::chrono::milliseconds;

/// A server with one place, which is taken until `server.release()`, and much patience.
struct busy_server {
    busy_server() {
        first.send(get("/held"));
        server.wait_for_held(1);
    }

    [[nodiscard]] bool waits(int requests) const {
        return server.observer.wait([requests](const auto& record) { return record.waiting == requests; });
    }

    static config::limits one_place() {
        config::limits limits;
        limits.in_flight = 1;
        limits.in_flight_wait = std::chrono::minutes{1};
        return limits;
    }

    test_server server{one_place()};
    raw_client first{server.port()};
};

}  // namespace

TEST_CASE("a request waits for its turn, and is answered when it has come") {
    busy_server busy;
    raw_client second(busy.server.port());
    second.send(get("/agents/2"));
    REQUIRE(busy.waits(1));
    busy.server.release();
    const auto answer = second.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->body.find("record=2") != std::string::npos);
    CHECK(busy.server.observer.now().waiting == 0);
    CHECK(busy.server.observer.now().overloaded.empty());
}

TEST_CASE("a client's own deadline ends its waiting") {
    busy_server busy;
    CHECK(ask(busy.server, get("/agents", "X-Request-Timeout-Ms: 1\r\n")).status == 503);
    CHECK(busy.server.observer.now().waiting == 0);
}

TEST_CASE("nothing is done for a client that left while it waited") {
    busy_server busy;
    {
        raw_client second(busy.server.port());
        second.send(get("/held"));
        REQUIRE(busy.waits(1));
        second.reset();
    }
    busy.server.release();
    REQUIRE(busy.first.read());
    CHECK(ask(busy.first, get("/agents")).status == 200);
    const auto told_gone = [](const auto& record) {
        return std::any_of(record.finished.begin(), record.finished.end(),
                           [](const auto& request) { return request.status == client_closed_request; });
    };
    REQUIRE(busy.server.observer.wait(told_gone));
    CHECK(busy.server.observer.now().waiting == 0);
}

TEST_CASE("requests that wait die with a listener that is closed") {
    busy_server busy;
    raw_client second(busy.server.port());
    second.send(get("/agents"));
    raw_client third(busy.server.port());
    third.send(get("/agents"));
    REQUIRE(busy.waits(2));
    busy.server.close_listener();
    REQUIRE(busy.server.observer.wait(all_gone));
    CHECK(busy.server.observer.now().waiting == 0);
    CHECK(second.closed());
}

TEST_CASE("requests that wait may die with their loop") {
    busy_server busy;
    raw_client second(busy.server.port());
    second.send(get("/agents"));
    REQUIRE(busy.waits(1));
    busy.server.stop();
    CHECK(busy.server.observer.now().waiting == 0);
    CHECK(busy.server.observer.now().connections == 0);
}

TEST_CASE("a configuration with more places lets in those who wait") {
    busy_server busy;
    raw_client second(busy.server.port());
    second.send(get("/agents"));
    REQUIRE(busy.waits(1));
    config::limits limits;
    limits.in_flight = 2;
    busy.server.adopt(limits, milliseconds{3000});
    const auto answer = second.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    busy.server.release();
    CHECK(busy.first.read());
}

}  // namespace rollcall::gateway::testing
