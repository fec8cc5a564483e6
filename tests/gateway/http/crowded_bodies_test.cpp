// Bodies that are under way all at once: how much of them is held, and that it is given back however they end.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>

namespace rollcall::gateway::testing {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t body_bytes = 256 * 1024;  // 64 of which are as much as there may be

config::limits small_bodies() {
    config::limits limits;
    limits.body_bytes = body_bytes;
    return limits;
}

/// For machines on which all this takes a while.
session_timeouts patient() {
    session_timeouts timeouts;
    timeouts.body = timeouts.body_rate.grace = std::chrono::minutes{1};
    return timeouts;
}

const std::string by_length = "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 262144\r\n\r\n";
const std::string by_chunk = "POST /agents HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n40000\r\n";
const std::string all_but_one(body_bytes - 1, 'x');

/// Half of them in one chunk each, and none whole.
void send_half(std::deque<raw_client>& clients) {
    for (std::size_t i = 0; i < clients.size(); ++i)
        clients[i].send((i % 2 == 0 ? by_length : by_chunk) + all_but_one);
}

void connect(std::deque<raw_client>& clients, test_server& server, std::size_t count) {
    while (clients.size() < count)
        clients.emplace_back(server.port());
}

}  // namespace

TEST_CASE("where half-sent bodies take all the room, one more is told to come back, and has its turn after them") {
    test_server server{small_bodies(), patient()};
    std::deque<raw_client> clients;
    connect(clients, server, 64);
    send_half(clients);
    REQUIRE(server.wait_for_body_bytes(64 * all_but_one.size()));

    raw_client late{server.port()};
    const auto refused = ask(late, by_length + all_but_one);
    CHECK(refused.status == 503);
    CHECK(refused.header("retry-after") == "1");
    CHECK(refused.header("connection") == "close");
    CHECK(refused.body.find("\"code\":\"overloaded\"") != std::string::npos);
    CHECK(late.closed());
    CHECK(server.observer.now().overloaded == std::vector{client_limit::bodies});
    CHECK(server.observer.now().unmade == std::vector<std::string>{"POST /agents 503 overloaded"});

    // Those that need no room are served all the while.
    CHECK(ask(server, get("/agents")).status == 200);
    CHECK(ask(server, "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").status == 200);

    for (std::size_t i = 0; i < clients.size(); ++i) {
        if (i >= 32) {
            clients[i].reset();
            continue;
        }
        const auto answer = ask(clients[i], i % 2 == 0 ? "y" : "y\r\n0\r\n\r\n");
        CHECK(answer.status == 200);
        CHECK(answer.body.ends_with("xy"));
    }
    CHECK(server.wait_for_body_bytes(0));
    CHECK(ask(server, by_length + all_but_one + 'y').status == 200);
    CHECK(server.wait_for_body_bytes(0));
    CHECK(server.observer.now().overloaded.size() == 1);
}

TEST_CASE("what bodies hold is given back however they end") {
    session_timeouts timeouts;
    timeouts.body = milliseconds{50};
    test_server impatient{small_bodies(), timeouts};
    raw_client late{impatient.port()};
    late.send(by_length + "hello");
    CHECK(final_status(impatient) == 408);
    CHECK(impatient.wait_for_body_bytes(0));

    test_server server{small_bodies()};
    raw_client broken{server.port()};
    broken.send(by_chunk + all_but_one);
    CHECK(ask(broken, "yz").status == 400);
    CHECK(broken.closed());
    CHECK(server.wait_for_body_bytes(0));

    raw_client leaving{server.port()};
    leaving.send(by_length + all_but_one);
    leaving.half_close();
    CHECK_FALSE(leaving.read());
    CHECK(server.wait_for_body_bytes(0));

    raw_client kept{server.port()};
    for (int i = 0; i < 2; ++i)
        CHECK(ask(kept, by_length + all_but_one + 'y').status == 200);
    CHECK(server.wait_for_body_bytes(0));
}

TEST_CASE("a body that is whole is held until its request has been answered") {
    config::limits limits = small_bodies();
    limits.in_flight = 1;
    limits.in_flight_wait = std::chrono::minutes{1};
    test_server server{limits, patient()};
    raw_client first{server.port()};
    first.send(get("/held"));
    server.wait_for_held(1);
    raw_client waiting{server.port()};
    waiting.send(by_length + 'x');
    REQUIRE(server.wait_for_body_bytes(1));
    waiting.send(all_but_one);
    CHECK(server.wait_for_body_bytes(body_bytes));
    server.release();
    const auto answer = waiting.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(server.wait_for_body_bytes(0));
}

TEST_CASE("hundreds of small bodies under way at once are all served") {
    test_server server{small_bodies(), patient()};
    std::deque<raw_client> clients;
    connect(clients, server, 300);
    for (raw_client& client : clients)
        client.send("POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell");
    REQUIRE(server.wait_for_body_bytes(300 * 4));
    for (raw_client& client : clients)
        CHECK(ask(client, "o").status == 200);
    CHECK(server.wait_for_body_bytes(0));
}

TEST_CASE("bodies that are being received when the process ends give back what they held") {
    test_server server{small_bodies()};
    raw_client client{server.port()};
    client.send(by_length + all_but_one);
    REQUIRE(server.wait_for_body_bytes(all_but_one.size()));
    server.stop();
    CHECK(server.wait_for_body_bytes(0));
}

}  // namespace rollcall::gateway::testing
