// Clients that take their time: each wait for them ends, by a time or by a pace.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway::testing {
namespace {

using std::chrono::milliseconds;

}  // namespace

TEST_CASE("a client that never reads its answer is given up") {
    session_timeouts timeouts;
    timeouts.write = milliseconds(50);
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.shrink_receive_window();
    client.send(get("/large"));
    CHECK(final_status(server) == client_closed_request);
    REQUIRE(server.observer.wait(all_gone));
}

TEST_CASE("a head that never ends is answered and closed when its time is up") {
    session_timeouts timeouts;
    timeouts.head = milliseconds(50);
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.send("GET /agents HTTP/1.1\r\nHost: a\r\n");
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(client.closed());
}

TEST_CASE("a head's time is not prolonged by the bytes that come") {
    session_timeouts timeouts;
    timeouts.head = timeouts.linger = milliseconds(50);
    config::limits limits;
    limits.header_bytes = 64 * 1024 * 1024;
    test_server server(limits, timeouts);
    raw_client client(server.port());
    // Sent byte by byte this takes far longer than the head's time; it ends when the server has closed.
    client.send("GET /agents HTTP/1.1\r\nHost: a\r\nX-Long: " + std::string(limits.header_bytes / 2, 'x'),
                pace::byte_by_byte);
    CHECK(final_status(server) == 408);
}

TEST_CASE("a body that never ends is answered and closed when its time is up") {
    session_timeouts timeouts;
    timeouts.body = milliseconds(50);
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.send("POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(client.closed());
}

TEST_CASE("an idle connection closes without a word") {
    session_timeouts timeouts;
    timeouts.idle = milliseconds(50);
    test_server server({}, timeouts);
    raw_client client(server.port());
    CHECK(ask(client, get("/agents")).status == 200);
    CHECK(client.closed());
    raw_client silent(server.port());
    CHECK(silent.closed());
}

TEST_CASE("the times that clients are promised are the defaults") {
    const session_timeouts timeouts;
    CHECK(timeouts.head == std::chrono::seconds{5});
    CHECK(timeouts.body == std::chrono::seconds{10});
    CHECK(timeouts.idle == std::chrono::seconds{60});
    CHECK(timeouts.write == std::chrono::seconds{10});
    CHECK(timeouts.body_rate.grace == std::chrono::seconds{2});
    CHECK(timeouts.body_rate.bytes_per_second == 1024);
}

TEST_CASE("who is too slow from when on moves with the bytes that come") {
    const minimum_rate rate{milliseconds{2000}, 1024};
    const steady_clock::time_point began{std::chrono::hours{1}};
    CHECK(rate.too_slow_from(began, 0) == began + milliseconds{2000});
    CHECK(rate.too_slow_from(began, 512) == began + milliseconds{2500});
    CHECK(rate.too_slow_from(began, 1024 * 1024) == began + milliseconds{1'026'000});
    CHECK(rate.too_slow_from(began, 64ULL << 30U) == began + milliseconds{2000} + std::chrono::seconds{64 << 20});
}

TEST_CASE("a body that comes too slowly is refused long before its whole time is up") {
    session_timeouts timeouts;
    timeouts.body = std::chrono::minutes{10};
    timeouts.body_rate = {milliseconds{50}, 1024};
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.send("POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\n");
    client.send("hello", pace::byte_by_byte);
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 408);
    CHECK(answer->body.find("\"code\":\"request_timeout\"") != std::string::npos);
    CHECK(client.closed());
}

TEST_CASE("a body that keeps its pace may pause") {
    session_timeouts timeouts;
    timeouts.body_rate = {milliseconds{500}, 1024};
    test_server server({}, timeouts);
    const std::string head = "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 9001\r\n\r\n";
    raw_client steady(server.port());
    steady.send(head);
    steady.send(std::string(9000, 'x'));
    // When one that began later is refused for its pace, the other's first deadline has passed too.
    raw_client slow(server.port());
    CHECK(ask(slow, head).status == 408);
    const auto answer = ask(steady, "y");
    CHECK(answer.status == 200);
    CHECK(answer.body.ends_with("xy"));
}

TEST_CASE("a client that takes its answer too slowly is given up, stalled or not") {
    session_timeouts timeouts;
    timeouts.write = std::chrono::minutes{10};
    timeouts.write_rate = {milliseconds{50}, 1ULL << 30U};
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.shrink_receive_window();
    client.send(get("/large"));
    CHECK(final_status(server) == client_closed_request);
}

}  // namespace rollcall::gateway::testing
