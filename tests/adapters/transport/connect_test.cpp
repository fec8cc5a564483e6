// Hosts with several addresses: which one a connection takes while others refuse, keep silent or come late, and what is
// left behind.
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/scripted_server.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/silent_listener.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace rollcall;
using namespace rollcall::testing;
using adapters::addresses;
using adapters::outgoing;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";
const outgoing get{.method = "GET", .target = "/", .body = {}, .extra_headers = {}};

void answer_all(peer& peer, unsigned) {
    while (!peer.read_request().empty())
        peer.send(ok);
}

asio::ip::tcp::endpoint at(const scripted_server& server) {
    return {asio::ip::address_v4::loopback(), server.port()};
}

asio::ip::tcp::endpoint refusing() {
    asio::io_context context;
    const asio::ip::tcp::acceptor closed_again(context, {asio::ip::address_v4::loopback(), 0});
    return closed_again.local_endpoint();
}

addresses::lookup always(addresses::list known) {
    return [known = std::move(known)](const addresses::answer& answer) { answer({}, known); };
}

}  // namespace

TEST_CASE("an address that answers is found behind some that refuse, at once") {
    scripted_server server(answer_all);
    addresses::list known(9, refusing());
    known.push_back(at(server));
    client client(plain_origin(0), always(known));
    const auto began = steady_clock::now();
    const auto answer = client.get();
    REQUIRE(answer.has_value());
    CHECK(answer->body == "[1]");
    CHECK(steady_clock::now() - began < 9 * 250ms);
    CHECK(client.get().has_value());
    CHECK(server.connections() == 1);
}

TEST_CASE("an address that keeps silent costs a quarter of a second, and not its part of the time") {
    const silent_listener silent;
    scripted_server server(answer_all);
    client client(plain_origin(0), always({silent.endpoint(), at(server)}));
    const auto began = steady_clock::now();
    REQUIRE(client.get(20s).has_value());
    const auto took = steady_clock::now() - began;
    CHECK(took >= 250ms);
    CHECK(took < 5s);
}

TEST_CASE("where both families are there, the one that works is used, whichever comes first") {
    scripted_server server(answer_all);
    const asio::ip::tcp::endpoint nowhere(asio::ip::make_address("::1"), refusing().port());
    for (const auto& known : {addresses::list{nowhere, at(server)}, addresses::list{at(server), nowhere}}) {
        client client(plain_origin(0), always(known));
        CHECK(client.get().has_value());
    }
}

TEST_CASE("when no address answers, the last to fail says why, and nothing was sent") {
    client client(plain_origin(0), always({refusing(), refusing()}));
    const auto answer = client.get();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::unreachable);
    CHECK(answer.error().detail == "no connection: Connection refused");
    CHECK(answer.error().unsent);
    CHECK(client.transport.open_connections() == 0);
}

TEST_CASE("addresses that all keep silent are a timeout at the deadline") {
    const silent_listener silent;
    const silent_listener too;
    client client(plain_origin(0), always({silent.endpoint(), too.endpoint()}));
    const auto began = steady_clock::now();
    const auto answer = client.get(100ms);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::timeout);
    CHECK(answer.error().detail == "no connection before the deadline");
    CHECK(answer.error().unsent);
    CHECK(steady_clock::now() - began >= 100ms);
    CHECK(steady_clock::now() - began < 5s);
    CHECK(client.transport.open_connections() == 0);
}

TEST_CASE("attempts side by side may be cancelled, and destroyed with their context") {
    const silent_listener silent;
    const silent_listener too;
    pending one;
    {
        client client(plain_origin(0), always({silent.endpoint(), too.endpoint()}));
        client.begin(one, get, steady_clock::now() + 30s);
        SUBCASE("cancelled") {
            asio::post(client.context, [&] { one.cancel.emit(asio::cancellation_type::terminal); });
            const auto answer = client.finish(one);
            REQUIRE_FALSE(answer.has_value());
            CHECK(answer.error().kind == fault::cancelled);
            CHECK(answer.error().unsent);
            CHECK(client.transport.open_connections() == 0);
            return;
        }
        SUBCASE("destroyed") {
            client.context.restart();
            while (client.transport.open_connections() == 0)
                client.context.poll();
        }
    }
    CHECK_FALSE(one.answer.has_value());
}

TEST_CASE("the connection that lost is closed, and the one that won shakes hands") {
    certificate_authority authority;
    asio::ssl::context served(asio::ssl::context::tls_server);
    const auto certificate = authority.issue("127.0.0.1");
    served.use_certificate_chain_file(certificate.chain.string());
    served.use_private_key_file(certificate.key.string(), asio::ssl::context::pem);
    scripted_server server(answer_all, &served);
    const silent_listener silent;
    auto origin = plain_origin(server.port());
    origin.tls = true;
    adapters::tls_context tls("127.0.0.1", authority.ca_file());
    client client(origin, always({silent.endpoint(), at(server)}), &tls);
    REQUIRE(client.get().has_value());
    REQUIRE(client.get().has_value());
    CHECK(server.connections() == 1);
    CHECK(client.transport.open_connections() == 1);
}
