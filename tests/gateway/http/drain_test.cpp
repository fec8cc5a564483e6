// The end of a listener: what is announced, who is still answered, and when it is over.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <cerrno>
#include <deque>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace rollcall::gateway::testing {
namespace {

using std::chrono::milliseconds;

}  // namespace

TEST_CASE("a drain closes the idle, lets the busy finish, and accepts nobody") {
    session_timeouts timeouts;
    timeouts.last_request = timeouts.handshake = milliseconds(0);
    timeouts.linger = milliseconds(20);
    test_server server({}, timeouts);
    raw_client idle(server.port());
    CHECK(ask(idle, get("/agents")).status == 200);
    raw_client fresh(server.port());
    raw_client busy(server.port());
    busy.send(get("/held") + get("/agents"));
    server.wait_for_held(1);
    server.drain();
    CHECK(idle.closed());
    CHECK(fresh.closed());
    CHECK_THROWS(raw_client(server.port()));
    CHECK_FALSE(server.is_drained());
    server.release();
    const auto answer = busy.read();
    REQUIRE(answer);
    CHECK(answer->body == "held");
    CHECK(answer->header("connection") == "close");
    CHECK(busy.closed());
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.is_drained());
}

TEST_CASE("a request whose beginning has come before the drain is served") {
    test_server server;
    raw_client client(server.port());
    CHECK(ask(client, get("/agents")).status == 200);
    client.send("GET /agents/1 HTTP/1.1\r\n");
    server.drain();
    client.send("Host: a\r\n\r\n");
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->status == 200);
    CHECK(answer->header("connection") == "close");
    CHECK(client.closed());
}

TEST_CASE("once the end is announced each answer is its connection's last, and clients are still accepted") {
    test_server server;
    raw_client kept(server.port());
    CHECK(ask(kept, get("/agents")).header("connection") == "");
    server.announce_end();
    raw_client fresh(server.port());
    for (raw_client* client : {&kept, &fresh}) {
        const auto answer = ask(*client, get("/agents"));
        CHECK(answer.status == 200);
        CHECK(answer.header("connection") == "close");
        CHECK(client->closed());
    }
    CHECK_FALSE(server.is_drained());
}

TEST_CASE("who was about to ask when the drain began is answered: on a new connection and on a kept one") {
    session_timeouts timeouts;
    timeouts.last_request = std::chrono::minutes{1};
    timeouts.handshake = milliseconds(0);
    timeouts.linger = milliseconds(20);
    test_server server({}, timeouts);
    raw_client kept(server.port());
    CHECK(ask(kept, get("/agents")).status == 200);
    raw_client fresh(server.port());
    server.drain();
    for (raw_client* client : {&kept, &fresh}) {
        const auto answer = ask(*client, get("/agents"));
        CHECK(answer.status == 200);
        CHECK(answer.header("connection") == "close");
        CHECK(client->closed());
    }
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.is_drained());
}

TEST_CASE("connections that the kernel has made and nobody has accepted are answered in a drain") {
    session_timeouts timeouts;
    timeouts.handshake = milliseconds(0);
    timeouts.linger = milliseconds(20);
    test_server server({}, timeouts);
    std::deque<raw_client> clients;
    server.drain([&] {
        for (int at = 0; at < 50; ++at)
            clients.emplace_back(server.port());
    });
    for (raw_client& client : clients)
        CHECK(ask(client, get("/agents")).status == 200);
    REQUIRE(server.observer.wait(all_gone));
    CHECK_THROWS(raw_client(server.port()));
}

TEST_CASE("in a drain no handshake begins any more, and what was connected before is served") {
    session_timeouts timeouts;
    timeouts.handshake = std::chrono::minutes{1};
    test_server server({}, timeouts);
    std::deque<raw_client> clients;
    server.drain([&] { clients.emplace_back(server.port()); });
    const int late = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(::connect(late, reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0);
    CHECK(errno == EINPROGRESS);
    CHECK(ask(clients.front(), get("/agents")).status == 200);
    pollfd connected{late, POLLOUT, 0};
    CHECK(::poll(&connected, 1, 0) == 0);
    ::close(late);
}

}  // namespace rollcall::gateway::testing
