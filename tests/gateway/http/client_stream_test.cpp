// What a client's stream does in one call, and what it knows by time alone, which no test can wait for.
#include "gateway/http/client_stream.hpp"

#include "tests/gateway/http/tls_files.hpp"
#include "tests/support/tls_client.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <chrono>
#include <future>

namespace rollcall::gateway::testing {
namespace {

using rollcall::testing::tls_client;
using rollcall::testing::tls_wishes;

/// Both ends of one connection, after the handshake.
struct connection {
    connection(const std::shared_ptr<const tls_context>& tls, const tls_wishes& wishes) {
        const asio::ip::tcp::endpoint anywhere{asio::ip::address_v4::loopback(), 0};
        asio::basic_socket_acceptor<asio::ip::tcp, executor> acceptor(context.get_executor(), anywhere);
        const int port = acceptor.local_endpoint().port();
        auto connected = std::async(std::launch::async, [&] { return std::make_unique<tls_client>(port, wishes); });
        tcp_socket socket = acceptor.accept();
        socket.non_blocking(true);
        stream = std::make_unique<client_stream>(std::move(socket), tls);
        auto outcome = stream->shake_hands();
        while (outcome == asio::error::would_block) {
            wait();
            outcome = stream->shake_hands();
        }
        client = connected.get();
        REQUIRE_MESSAGE(!outcome, stream->refusal());
    }

    void wait() {
        stream->socket().async_wait(stream->awaited(), [](const auto&) {});
        context.restart();
        context.run();
    }

    asio::io_context context;
    std::unique_ptr<client_stream> stream;
    std::unique_ptr<tls_client> client;
};

}  // namespace

TEST_CASE("records without data do not hold a call up for as long as they come") {
    connection both(any_context(), {});
    const std::string records = both.client->key_updates(2000);
    REQUIRE(records.size() > 40'000);
    both.client->send_without_tls(records);
    both.client->send("data");
    while (both.stream->socket().available() < records.size())
        both.wait();
    std::array<char, 100> room{};
    int turns = 1;
    boost::system::error_code error;
    std::size_t count = both.stream->read_some(room, error);
    for (; error == asio::error::would_block; ++turns) {
        both.wait();
        count = both.stream->read_some(room, error);
    }
    CHECK_FALSE(error);
    CHECK(std::string(room.data(), count) == "data");
    CHECK(turns > 1);
}

TEST_CASE("the certificate that a client has shown counts until it expires, and never again") {
    certificate_authority authority;
    auto settings = settings_of(authority.issue("127.0.0.1"));
    settings.client_ca = authority.ca_file();
    settings.client_certificate = config::client_certificate::require;
    const auto tls = context_of(settings);
    const auto shown = authority.issue_client("DNS:a");
    tls_wishes wishes;
    wishes.certificate = shown.chain;
    wishes.key = shown.key;
    connection both(tls, wishes);
    client_stream& stream = *both.stream;

    const auto now = system_clock::now();
    stream.review_certificate(tls, now);
    REQUIRE(stream.names().size() == 1);
    CHECK(stream.names()[0] == "DNS:a");
    CHECK_FALSE(stream.certificate_lapsed());
    stream.review_certificate(tls, now + std::chrono::hours{1});
    CHECK(stream.names().empty());
    CHECK(stream.certificate_lapsed());
    stream.review_certificate(tls, now);
    CHECK(stream.names().empty());
}

}  // namespace rollcall::gateway::testing
