// Which connection an exchange takes, which are kept, and when a kept one is replaced.
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/held_server.hpp"
#include "tests/adapters/transport/scripted_server.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <barrier>
#include <future>
#include <string>

using namespace rollcall;
using namespace rollcall::testing;
using adapters::outgoing;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";
const outgoing get{.method = "GET", .target = "/", .body = {}, .extra_headers = {}};
const outgoing post{.method = "POST", .target = "/", .body = "{}", .extra_headers = {}};

void answer_all(peer& peer, unsigned) {
    while (!peer.read_request().empty())
        peer.send(ok);
}

}  // namespace

TEST_CASE("one request after the other uses one connection") {
    scripted_server server(answer_all);
    client client(plain_origin(server.port()));
    for (int count = 0; count < 20; ++count)
        REQUIRE(client.get().has_value());
    CHECK(server.connections() == 1);
    CHECK(client.transport.open_connections() == 1);
}

TEST_CASE("requests at the same time use as many connections, and the next one that which came back last") {
    std::promise<void> go;
    scripted_server server([&](peer& peer, unsigned number) {
        for (bool first = true; !peer.read_request().empty(); first = false) {
            if (number == 0 && first) go.get_future().wait();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(number));
        }
    });
    client client(plain_origin(server.port()));
    pending one;
    client.begin(one, get, steady_clock::now() + 30s);
    while (server.connections() == 0)
        client.context.poll();
    CHECK(client.get()->body == "1");
    CHECK(client.get()->body == "1");
    go.set_value();
    CHECK(client.finish(one)->body == "0");
    CHECK(client.get()->body == "0");
    CHECK(server.connections() == 2);
}

TEST_CASE("when every connection is busy, a request is turned away, and accepted again afterwards") {
    held_server server;
    auto origin = plain_origin(server.port());
    origin.connections = 2;
    origin.queue_length = 0;
    client client(origin);
    pending one;
    pending two;
    client.begin(one, get, steady_clock::now() + 30s);
    client.begin(two, get, steady_clock::now() + 30s);
    const auto refused = client.get();
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == fault::overloaded);
    server.let(4);
    CHECK(client.finish(one).has_value());
    CHECK(client.finish(two).has_value());
    CHECK(client.transport.open_connections() == 2);
    CHECK(client.get().has_value());
    CHECK(client.get().has_value());
    CHECK(server.connections() == 2);
}

TEST_CASE("a kept connection that the peer has closed is replaced") {
    scripted_server server([](peer& peer, unsigned) {
        if (!peer.read_request().empty()) peer.send(ok);
    });
    client client(plain_origin(server.port()));
    REQUIRE(client.send(post).has_value());
    CHECK(client.transport.open_connections() == 1);
    server.wait_for_ended(1);
    REQUIRE(client.send(post).has_value());
    CHECK(server.connections() == 2);
}

TEST_CASE("a request under which a kept connection breaks is sent once, and the next takes a new connection") {
    for (const bool reset : {false, true}) {
        CAPTURE(reset);
        std::atomic<unsigned> requests{0};
        // The first two connections answer one request, at the same time, and the first to get another one breaks.
        std::barrier both{2};
        scripted_server server([&](peer& peer, unsigned number) {
            for (bool first = true; !peer.read_request().empty(); first = false) {
                ++requests;
                if (number < 2 && !first) {
                    if (reset) peer.reset();
                    return;
                }
                if (number < 2) both.arrive_and_wait();
                peer.send(ok);
            }
        });
        client client(plain_origin(server.port()));
        pending one;
        client.begin(one, get, steady_clock::now() + 30s);
        REQUIRE(client.get().has_value());
        REQUIRE(client.finish(one).has_value());
        REQUIRE(client.transport.open_connections() == 2);
        const auto broken = client.get();
        REQUIRE_FALSE(broken.has_value());
        CHECK(broken.error().kind == fault::unreachable);
        CHECK_FALSE(broken.error().unsent);
        CHECK(requests == 3);
        CHECK(client.transport.open_connections() == 0);
        CHECK(client.get().has_value());
        CHECK(server.connections() == 3);
    }
}

TEST_CASE("a request whose answer broke off on a kept connection is not repeated") {
    scripted_server server([](peer& peer, unsigned) {
        peer.read_request();
        peer.send(ok);
        peer.read_request();
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[");
    });
    client client(plain_origin(server.port()));
    REQUIRE(client.get().has_value());
    const auto answer = client.get();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::invalid_response);
    CHECK(server.connections() == 1);
}

TEST_CASE("a kept connection on which the peer said something unasked is not used") {
    std::promise<void> first_answered;
    std::promise<void> said;
    scripted_server server([&](peer& peer, unsigned number) {
        peer.read_request();
        peer.send(ok);
        if (number == 0) {
            first_answered.get_future().wait();
            peer.send("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
            said.set_value();
        }
        peer.wait_for_close();
    });
    client client(plain_origin(server.port()));
    REQUIRE(client.get().has_value());
    first_answered.set_value();
    said.get_future().wait();
    const auto answer = client.get();
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(server.connections() == 2);
}

TEST_CASE("a connection is not kept after an answer that") {
    std::string answer_bytes;
    SUBCASE("says so") {
        answer_bytes = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n1";
    }
    SUBCASE("is HTTP/1.0") {
        answer_bytes = "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n1";
    }
    SUBCASE("has no length") {
        answer_bytes = "HTTP/1.1 200 OK\r\n\r\n1";
    }
    scripted_server server([&](peer& peer, unsigned) {
        peer.read_request();
        peer.send(answer_bytes);
    });
    client client(plain_origin(server.port()));
    const auto answer = client.get();
    REQUIRE(answer.has_value());
    CHECK(answer->body == "1");
    CHECK(client.transport.open_connections() == 0);
    REQUIRE(client.get().has_value());
    CHECK(server.connections() == 2);
}

TEST_CASE("a connection is closed when it has been idle for its time") {
    scripted_server server(answer_all);
    auto origin = plain_origin(server.port());
    origin.idle_timeout = 30ms;
    client client(origin);
    REQUIRE(client.get().has_value());
    CHECK(client.transport.open_connections() == 1);
    while (client.transport.open_connections() > 0)
        client.context.run_one();
    server.wait_for_ended(1);
    REQUIRE(client.get().has_value());
    CHECK(server.connections() == 2);
}

TEST_CASE("a connection is not kept beyond its lifetime") {
    scripted_server server(answer_all);
    auto origin = plain_origin(server.port());
    origin.lifetime = 0ms;
    client client(origin);
    REQUIRE(client.get().has_value());
    CHECK(client.transport.open_connections() == 0);
    server.wait_for_ended(1);
}

TEST_CASE("a connection whose lifetime ends while it is idle takes no further request") {
    scripted_server server(answer_all);
    auto origin = plain_origin(server.port());
    origin.lifetime = 100ms;
    client client(origin);
    REQUIRE(client.get().has_value());
    for (const auto opened_before = steady_clock::now(); steady_clock::now() - opened_before < origin.lifetime;)
        client.context.poll();
    REQUIRE(client.get().has_value());
    CHECK(server.connections() == 2);
}

TEST_CASE("a timeout on one connection leaves the others alone") {
    scripted_server server([](peer& peer, unsigned number) {
        while (!peer.read_request().empty()) {
            if (number == 0) peer.wait_for_close();
            peer.send(ok);
        }
    });
    client client(plain_origin(server.port()));
    pending slow;
    client.begin(slow, get, steady_clock::now() + 100ms);
    while (server.connections() == 0)
        client.context.poll();
    REQUIRE(client.get().has_value());
    CHECK(client.finish(slow).error().kind == fault::timeout);
    CHECK(client.transport.open_connections() == 1);
    REQUIRE(client.get().has_value());
    CHECK(server.connections() == 2);
}
