// Which failures say that no byte of the request can have left, so that even a write may be made again.
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/held_server.hpp"
#include "tests/adapters/transport/scripted_server.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/silent_listener.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <doctest/doctest.h>

#include <future>
#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::testing;
using adapters::outgoing;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";
const outgoing get{.method = "GET", .target = "/", .body = {}, .extra_headers = {}};
const outgoing post{.method = "POST", .target = "/", .body = "{}", .extra_headers = {}};

unsigned short refusing_port() {
    asio::io_context context;
    const asio::ip::tcp::acceptor closed_again(context, {asio::ip::address_v4::loopback(), 0});
    return closed_again.local_endpoint().port();
}

failure failure_of(const result<adapters::incoming>& answer, fault kind) {
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == kind);
    return answer.error();
}

}  // namespace

TEST_CASE("without time, an address or a connection nothing was sent") {
    client refused(plain_origin(refusing_port()));
    CHECK(failure_of(refused.send(post), fault::unreachable).unsent);
    CHECK(failure_of(refused.send(post, -1ms), fault::timeout).unsent);
    client unresolved(plain_origin(1), [](const adapters::addresses::answer&) {});
    CHECK(failure_of(unresolved.send(post), fault::unreachable).unsent);
}

TEST_CASE("a connection that is not there in time was sent nothing") {
    const silent_listener silent;
    client client(plain_origin(silent.endpoint().port()));
    CHECK(failure_of(client.send(post, 100ms), fault::timeout).unsent);
}

TEST_CASE("a peer that is not trusted, or does not shake hands, was sent nothing") {
    certificate_authority authority;
    certificate_authority stranger;
    asio::ssl::context served(asio::ssl::context::tls_server);
    const auto certificate = stranger.issue("127.0.0.1", validity::current);
    served.use_certificate_chain_file(certificate.chain.string());
    served.use_private_key_file(certificate.key.string(), asio::ssl::context::pem);
    const auto ask = [&](unsigned short port, std::chrono::milliseconds within) {
        auto origin = plain_origin(port);
        origin.tls = true;
        adapters::tls_context tls("127.0.0.1", authority.ca_file());
        client client(origin, &tls);
        return client.send(post, within);
    };
    scripted_server strange([](peer&, unsigned) {}, &served);
    CHECK(failure_of(ask(strange.port(), 30s), fault::unreachable).unsent);
    scripted_server silent([](peer& peer, unsigned) { peer.wait_for_close(); });
    CHECK(failure_of(ask(silent.port(), 100ms), fault::timeout).unsent);
}

TEST_CASE("a request that was turned away, because every connection is busy, was not sent") {
    held_server server;
    auto origin = plain_origin(server.port());
    origin.connections = 1;
    origin.queue_length = 0;
    client client(origin);
    pending one;
    client.begin(one, get, steady_clock::now() + 30s);
    CHECK(failure_of(client.send(post), fault::overloaded).unsent);
    server.let(1);
    CHECK(client.finish(one).has_value());
}

TEST_CASE("a request that was cancelled before there was a connection was not sent, and afterwards it was") {
    client* under_test = nullptr;
    pending one;
    const auto cancel = [&] { one.cancel.emit(asio::cancellation_type::terminal); };
    scripted_server server([&](peer& peer, unsigned) {
        if (peer.read_request().empty()) return;
        asio::post(under_test->context, cancel);
        peer.wait_for_close();
    });
    client client(plain_origin(server.port()));
    under_test = &client;
    client.begin(one, post, steady_clock::now() + 30s);
    bool connecting = false;
    SUBCASE("before") {
        connecting = true;
        asio::post(client.context, cancel);
    }
    SUBCASE("afterwards") {}
    CHECK(failure_of(client.finish(one), fault::cancelled).unsent == connecting);
}

TEST_CASE("a request that was sent is not unsent, however the peer fails it") {
    struct row {
        std::string answer;
        bool reset;
        fault kind;
    };
    const std::vector<row> rows = {
        {"", false, fault::unreachable},
        {"", true, fault::unreachable},
        {"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[1]", false, fault::invalid_response},
        {"no HTTP\r\n\r\n", false, fault::invalid_response},
    };
    for (const row& row : rows) {
        CAPTURE(row.answer);
        scripted_server server([&](peer& peer, unsigned) {
            peer.read_request();
            if (!row.answer.empty()) peer.send(row.answer);
            if (row.reset) peer.reset();
        });
        client client(plain_origin(server.port()));
        CHECK_FALSE(failure_of(client.send(post), row.kind).unsent);
    }
    scripted_server silent([](peer& peer, unsigned) {
        peer.read_request();
        peer.wait_for_close();
    });
    client client(plain_origin(silent.port()));
    CHECK_FALSE(failure_of(client.send(post, 100ms), fault::timeout).unsent);
}

TEST_CASE("a request that went out in part is not unsent") {
    std::promise<void> over;
    scripted_server server([&](peer&, unsigned) { over.get_future().wait(); });
    client client(plain_origin(server.port()));
    const std::string body(50'000'000, 'x');
    const outgoing request{.method = "POST", .target = "/", .body = body, .extra_headers = {}};
    const auto answer = client.send(request, 200ms);
    over.set_value();
    CHECK_FALSE(failure_of(answer, fault::timeout).unsent);
}

TEST_CASE("a write under which a kept connection went away is not unsent") {
    for (const bool reset : {false, true}) {
        CAPTURE(reset);
        scripted_server server([&](peer& peer, unsigned) {
            peer.read_request();
            peer.send(ok);
            if (!peer.read_request().empty() && reset) peer.reset();
        });
        client client(plain_origin(server.port()));
        REQUIRE(client.get().has_value());
        CHECK_FALSE(failure_of(client.send(post), fault::unreachable).unsent);
        CHECK(server.connections() == 1);
    }
}
