// Exchanges over TLS: who is trusted, and that nothing else is different.
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/scripted_server.hpp"
#include "tests/support/certificates.hpp"

#include <boost/asio/ssl/context.hpp>
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <future>
#include <optional>
#include <stdexcept>
#include <string>

using namespace rollcall;
using namespace rollcall::testing;
using adapters::outgoing;
using adapters::tls_context;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]";

void answer_all(peer& peer, unsigned) {
    while (!peer.read_request().empty())
        peer.send(ok);
}

/// A server's side, with a certificate that `authority` has issued for `host`.
asio::ssl::context serving(certificate_authority& authority, const std::string& host,
                           validity validity = validity::current) {
    asio::ssl::context context(asio::ssl::context::tls_server);
    const auto certificate = authority.issue(host, validity);
    context.use_certificate_chain_file(certificate.chain.string());
    context.use_private_key_file(certificate.key.string(), asio::ssl::context::pem);
    return context;
}

adapters::origin tls_origin(unsigned short port) {
    auto origin = plain_origin(port);
    origin.tls = true;
    return origin;
}

/// The answer of a server with `served`, asked by a client that expects `host` and trusts `trusted`.
result<adapters::incoming> ask(asio::ssl::context& served, const std::string& host, const std::string& trusted) {
    scripted_server server(answer_all, &served);
    tls_context tls(host, trusted);
    client client(tls_origin(server.port()), &tls);
    auto answer = client.get();
    if (!answer) CHECK(client.transport.open_connections() == 0);
    return answer;
}

}  // namespace

TEST_CASE("a certificate of the trusted authority for the host is accepted") {
    certificate_authority authority;
    for (const std::string host : {"api.example", "127.0.0.1", "::1"}) {
        CAPTURE(host);
        auto served = serving(authority, host);
        const auto answer = ask(served, host, authority.ca_file());
        REQUIRE(answer.has_value());
        CHECK(answer->body == "[1]");
    }
}

TEST_CASE("a certificate that proves nothing is refused, and says why") {
    certificate_authority authority;
    certificate_authority stranger;
    const auto refusal = [](asio::ssl::context served, const std::string& host, const std::string& trusted) {
        const auto answer = ask(served, host, trusted);
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().kind == fault::unreachable);
        return answer.error().detail;
    };
    const std::string trusted = authority.ca_file();
    const std::string why = "no TLS connection: ";
    CHECK(refusal(serving(authority, "other.example"), "api.example", trusted) == why + "hostname mismatch");
    CHECK(refusal(serving(authority, "127.0.0.2"), "127.0.0.1", trusted) == why + "IP address mismatch");
    CHECK(refusal(serving(authority, "api.example"), "127.0.0.1", trusted) == why + "IP address mismatch");
    CHECK(refusal(serving(authority, "api.example", validity::expired), "api.example", trusted) ==
          why + "certificate has expired");
    CHECK(refusal(serving(stranger, "api.example"), "api.example", trusted).starts_with(why));
    CHECK(refusal(serving(authority, "api.example"), "api.example", "").starts_with(why));
}

TEST_CASE("a server that speaks only TLS 1.1 is refused") {
    certificate_authority authority;
    auto served = serving(authority, "api.example");
    // Level 0 lets the server offer what OpenSSL otherwise no longer does.
    REQUIRE(SSL_CTX_set_cipher_list(served.native_handle(), "DEFAULT@SECLEVEL=0") == 1);
    REQUIRE(SSL_CTX_set_min_proto_version(served.native_handle(), TLS1_1_VERSION) == 1);
    REQUIRE(SSL_CTX_set_max_proto_version(served.native_handle(), TLS1_1_VERSION) == 1);
    const auto answer = ask(served, "api.example", authority.ca_file());
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::unreachable);
}

TEST_CASE("a server that does not speak TLS is unreachable") {
    scripted_server server([](peer& peer, unsigned) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); });
    certificate_authority authority;
    tls_context tls("127.0.0.1", authority.ca_file());
    client client(tls_origin(server.port()), &tls);
    const auto answer = client.get();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::unreachable);
}

TEST_CASE("a server that never shakes hands is a timeout") {
    scripted_server server([](peer& peer, unsigned) { peer.wait_for_close(); });
    certificate_authority authority;
    tls_context tls("127.0.0.1", authority.ca_file());
    client client(tls_origin(server.port()), &tls);
    const auto answer = client.get(100ms);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::timeout);
}

TEST_CASE("a trusted file that is missing or holds no certificate is an error at the start") {
    certificate_authority authority;
    CHECK_THROWS_AS(tls_context("api.example", "/nowhere/ca.pem"), std::runtime_error);
    CHECK_THROWS_AS(tls_context("api.example", authority.issue("api.example").key.string()), std::runtime_error);
}

TEST_CASE("the server is told the host's name, but not an address") {
    certificate_authority authority;
    for (const std::string host : {"api.example", "127.0.0.1"}) {
        auto served = serving(authority, host);
        std::string named = "nothing";
        const auto note = +[](SSL* connection, int*, void* named) {
            const char* name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name);
            if (name != nullptr) *static_cast<std::string*>(named) = name;
            return SSL_TLSEXT_ERR_OK;
        };
        SSL_CTX_set_tlsext_servername_callback(served.native_handle(), note);
        SSL_CTX_set_tlsext_servername_arg(served.native_handle(), &named);
        REQUIRE(ask(served, host, authority.ca_file()).has_value());
        CHECK(named == (host == "api.example" ? host : "nothing"));
    }
}

TEST_CASE("connections over TLS are kept, and a new one takes up the last session") {
    certificate_authority authority;
    auto served = serving(authority, "127.0.0.1");
    SUBCASE("TLS 1.3") {
        SSL_CTX_set_min_proto_version(served.native_handle(), TLS1_3_VERSION);
    }
    SUBCASE("TLS 1.2") {
        SSL_CTX_set_max_proto_version(served.native_handle(), TLS1_2_VERSION);
    }
    scripted_server server(
        [](peer& peer, unsigned) {
            for (int count = 0; count < 3 && !peer.read_request().empty(); ++count)
                peer.send(ok);
        },
        &served);
    tls_context tls("127.0.0.1", authority.ca_file());
    client client(tls_origin(server.port()), &tls);
    for (int count = 0; count < 3; ++count)
        REQUIRE(client.get().has_value());
    CHECK(server.connections() == 1);
    CHECK(client.transport.open_connections() == 1);
    server.wait_for_ended(1);
    REQUIRE(client.get().has_value());
    CHECK(server.connections() == 2);
    CHECK(server.resumed() == 1);
}

TEST_CASE("large bodies pass over TLS in both directions") {
    certificate_authority authority;
    auto served = serving(authority, "127.0.0.1");
    const std::string body(3'000'000, 'x');
    std::size_t received = 0;
    scripted_server server(
        [&](peer& peer, unsigned) {
            received = peer.read_request().size();
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + body);
            peer.wait_for_close();
        },
        &served);
    tls_context tls("127.0.0.1", authority.ca_file());
    client client(tls_origin(server.port()), &tls);
    const outgoing request{.method = "POST", .target = "/", .body = body, .extra_headers = {}};
    const auto answer = client.send(request);
    REQUIRE(answer.has_value());
    CHECK(answer->body == body);
    CHECK(received > body.size());
}

TEST_CASE("an answer without a length must end with TLS's own farewell") {
    certificate_authority authority;
    auto served = serving(authority, "127.0.0.1");
    bool farewell = false;
    SUBCASE("with it") {
        farewell = true;
    }
    SUBCASE("without it, it may have been cut by anybody") {}
    scripted_server server(
        [&](peer& peer, unsigned) {
            peer.read_request();
            peer.send("HTTP/1.1 200 OK\r\n\r\n[1]");
            if (farewell) peer.close();
        },
        &served);
    tls_context tls("127.0.0.1", authority.ca_file());
    client client(tls_origin(server.port()), &tls);
    const auto answer = client.get();
    REQUIRE(answer.has_value() == farewell);
    if (answer) {
        CHECK(answer->body == "[1]");
    } else {
        CHECK(answer.error().kind == fault::invalid_response);
    }
}

TEST_CASE("a silent peer over TLS is a timeout, and its connection is closed without a farewell") {
    certificate_authority authority;
    auto served = serving(authority, "127.0.0.1");
    scripted_server server([](peer& peer, unsigned) { peer.wait_for_close(); }, &served);
    tls_context tls("127.0.0.1", authority.ca_file());
    client client(tls_origin(server.port()), &tls);
    const auto began = steady_clock::now();
    const auto answer = client.get(200ms);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().kind == fault::timeout);
    CHECK(steady_clock::now() - began < 10s);
    CHECK(client.transport.open_connections() == 0);
    server.wait_for_ended(1);
}
