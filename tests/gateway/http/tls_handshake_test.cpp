// What a TLS handshake agrees on, whom it refuses, and what a session ticket spares.
#include "config/text_file.hpp"
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/tls_files.hpp"
#include "tests/support/tls_client.hpp"

#include <string>

namespace rollcall::gateway::testing {
namespace {

using config::client_certificate;
using rollcall::testing::temporary_directory;
using rollcall::testing::tls_client;
using rollcall::testing::tls_session;
using rollcall::testing::tls_version;
using rollcall::testing::tls_wishes;
using rollcall::testing::validity;

constexpr tls_version versions[] = {tls_version::tls_1_2, tls_version::tls_1_3};

tls_wishes of_version(tls_version version) {
    tls_wishes wishes;
    wishes.oldest = wishes.newest = version;
    return wishes;
}

tls_wishes with_certificate(tls_wishes wishes, const issued_certificate& issued) {
    wishes.certificate = issued.chain;
    wishes.key = issued.key;
    return wishes;
}

/// What is said to one request, or why there is no answer to it.
std::string ask(tls_client& client) {
    if (!client.connected()) return client.end();
    client.send(get("/agents"));
    const auto answer = client.read_answer();
    return answer ? *answer : client.end();
}

bool is_served(const std::string& answer) {
    return answer.starts_with("HTTP/1.1 200 ");
}

tls_session session_of(int port, const tls_wishes& wishes) {
    tls_client client(port, wishes);
    REQUIRE(is_served(ask(client)));
    REQUIRE(client.session());
    return client.session();
}

bool is_resumed(int port, tls_wishes wishes, const tls_session& session) {
    wishes.session = session;
    tls_client client(port, wishes);
    REQUIRE(is_served(ask(client)));
    return client.resumed();
}

config::server_tls for_clients_of(const certificate_authority& clients, const issued_certificate& served,
                                  client_certificate how) {
    auto settings = settings_of(served);
    settings.client_ca = clients.ca_file();
    settings.client_certificate = how;
    return settings;
}

}  // namespace

TEST_CASE("TLS 1.1 is refused, and so are ciphers without forward secrecy or authenticated encryption") {
    test_server server({}, {}, any_context());
    tls_client old(server.port(), of_version(tls_version::tls_1_1));
    CHECK_FALSE(old.connected());
    CHECK(old.end() == "tlsv1 alert protocol version");
    for (const std::string cipher : {"AES128-GCM-SHA256", "ECDHE-ECDSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA",
                                     "ECDHE-ECDSA-AES128-CCM8", "aNULL"}) {
        CAPTURE(cipher);
        auto wishes = of_version(tls_version::tls_1_2);
        wishes.ciphers = cipher;
        tls_client client(server.port(), wishes);
        CHECK_FALSE(client.connected());
        CHECK(client.end().ends_with("handshake failure"));
    }
    REQUIRE(server.observer.wait([](const auto& record) { return record.handshakes.size() == 6; }));
    CHECK(server.observer.now().handshakes == std::vector(6, tls_outcome::failed));
}

TEST_CASE("the server's preference among ciphers counts, but for a client that prefers ChaCha20") {
    test_server server({}, {}, any_context());
    auto wishes = of_version(tls_version::tls_1_2);
    wishes.ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256";
    tls_client first(server.port(), wishes);
    CHECK(first.cipher() == "ECDHE-ECDSA-AES128-GCM-SHA256");
    wishes.ciphers = "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256";
    tls_client second(server.port(), wishes);
    CHECK(second.cipher() == "ECDHE-ECDSA-CHACHA20-POLY1305");
}

TEST_CASE("ALPN gives http/1.1 to who offers it, and refuses who offers others only") {
    test_server server({}, {}, any_context());
    for (const tls_version version : versions) {
        auto wishes = of_version(version);
        tls_client none(server.port(), wishes);
        CHECK(is_served(ask(none)));
        CHECK(none.protocol().empty());
        wishes.protocols = "\x02h2\x08http/1.1";
        tls_client both(server.port(), wishes);
        CHECK(is_served(ask(both)));
        CHECK(both.protocol() == "http/1.1");
        wishes.protocols = "\x02h2";
        tls_client other(server.port(), wishes);
        CHECK_FALSE(other.connected());
        CHECK(other.end() == "tlsv1 alert no application protocol");
    }
}

TEST_CASE("a client checks the certificate, and is counted where it does not like it") {
    certificate_authority authority;
    certificate_authority stranger;
    test_server server({}, {}, context_of(settings_of(authority.issue("127.0.0.1"))));
    tls_wishes wishes;
    wishes.trusted = authority.ca_file();
    tls_client trusting(server.port(), wishes);
    CHECK(is_served(ask(trusting)));
    wishes.trusted = stranger.ca_file();
    tls_client doubting(server.port(), wishes);
    CHECK_FALSE(doubting.connected());
    REQUIRE(server.observer.wait([](const auto& record) { return record.handshakes.size() == 2; }));
    CHECK(server.observer.now().handshakes == std::vector{tls_outcome::full, tls_outcome::failed});
}

TEST_CASE("a session is resumed on another thread's listener and under a new certificate") {
    certificate_authority authority;
    const auto tickets = std::make_shared<ticket_keys>();
    const auto context = context_of(settings_of(authority.issue("127.0.0.1")), tickets);
    test_server server({}, {}, context);
    test_server other({}, {}, context);
    test_server stranger({}, {}, context_of(settings_of(authority.issue("127.0.0.1"))));
    for (const tls_version version : versions) {
        const auto wishes = of_version(version);
        const auto session = session_of(server.port(), wishes);
        CHECK(is_resumed(server.port(), wishes, session));
        CHECK(is_resumed(other.port(), wishes, session));
        CHECK_FALSE(is_resumed(stranger.port(), wishes, session));
        server.adopt_tls(context_of(settings_of(authority.issue("127.0.0.1")), tickets));
        CHECK(is_resumed(server.port(), wishes, session));
    }
    CHECK(server.observer.now().handshakes[1] == tls_outcome::resumed);
}

TEST_CASE("a client's certificate is shown to the handlers by its names, after a resumption too") {
    certificate_authority authority;
    const auto served = authority.issue("127.0.0.1");
    test_server server({}, {}, context_of(for_clients_of(authority, served, client_certificate::require)));
    const auto shown = authority.issue_client(
        "URI:spiffe://example.org/billing,DNS:billing.example.org,email:b@example.org,"
        "IP:10.0.0.1,DNS:b.example.org");
    const std::string names =
        "certificate=URI:spiffe://example.org/billing\ncertificate=DNS:billing.example.org\n"
        "certificate=email:b@example.org\ncertificate=DNS:b.example.org\nleft_ms=";
    for (const tls_version version : versions) {
        auto wishes = with_certificate(of_version(version), shown);
        tls_client first(server.port(), wishes);
        CHECK(ask(first).find(names) != std::string::npos);
        CHECK(ask(first).find(names) != std::string::npos);
        wishes.session = first.session();
        tls_client second(server.port(), wishes);
        CHECK(ask(second).find(names) != std::string::npos);
        CHECK(second.resumed());
    }
}

TEST_CASE("a client whose certificate is missing, strange, expired or a server's is refused and told why") {
    certificate_authority authority;
    certificate_authority stranger;
    const auto served = authority.issue("127.0.0.1");
    test_server server({}, {}, context_of(for_clients_of(authority, served, client_certificate::require)));
    for (const tls_version version : versions) {
        const auto wishes = of_version(version);
        tls_client none(server.port(), wishes);
        const std::string why = ask(none);
        CHECK(why == (version == tls_version::tls_1_3 ? "tlsv13 alert certificate required"
                                                      : "sslv3 alert handshake failure"));
        tls_client strange(server.port(), with_certificate(wishes, stranger.issue_client("DNS:a")));
        CHECK(ask(strange) == "tlsv1 alert unknown ca");
        tls_client expired(server.port(), with_certificate(wishes, authority.issue_client("DNS:a", validity::expired)));
        CHECK(ask(expired) == "sslv3 alert certificate expired");
        tls_client server_s(server.port(), with_certificate(wishes, served));
        CHECK(ask(server_s) == "sslv3 alert unsupported certificate");
    }
    REQUIRE(server.observer.wait([](const auto& record) { return record.handshakes.size() == 8; }));
    CHECK(server.observer.now().handshakes == std::vector(8, tls_outcome::certificate));
    CHECK(server.observer.now().started == 0);
}

TEST_CASE("where a certificate is only asked for, none is served without names, and a wrong one is refused") {
    certificate_authority authority;
    certificate_authority stranger;
    test_server server(
        {}, {}, context_of(for_clients_of(authority, authority.issue("127.0.0.1"), client_certificate::request)));
    for (const tls_version version : versions) {
        const auto wishes = of_version(version);
        tls_client none(server.port(), wishes);
        const std::string answer = ask(none);
        CHECK(is_served(answer));
        CHECK(answer.find("certificate=") == std::string::npos);
        tls_client right(server.port(), with_certificate(wishes, authority.issue_client("DNS:a")));
        CHECK(ask(right).find("certificate=DNS:a\n") != std::string::npos);
        tls_client strange(server.port(), with_certificate(wishes, stranger.issue_client("DNS:a")));
        CHECK(ask(strange) == "tlsv1 alert unknown ca");
    }
}

TEST_CASE("on an open connection a certificate counts for as long as its authority does") {
    certificate_authority authority;
    certificate_authority next;
    temporary_directory directory;
    const auto served = authority.issue("127.0.0.1");
    const auto text_of = [](const certificate_authority& of) {
        return config::read_text_file(of.ca_file(), 65536).text;
    };
    auto both = for_clients_of(authority, served, client_certificate::request);
    both.client_ca = directory.write("both.pem", text_of(next) + text_of(authority));
    const auto shown = authority.issue_client("DNS:a");
    for (const tls_version version : versions) {
        for (const bool asks : {true, false}) {
            test_server server({}, {}, context_of(for_clients_of(authority, served, client_certificate::request)));
            tls_client client(server.port(), with_certificate(of_version(version), shown));
            tls_client nobody(server.port(), of_version(version));
            CHECK(ask(client).find("certificate=DNS:a\n") != std::string::npos);
            CHECK(is_served(ask(nobody)));
            server.adopt_tls(context_of(both));
            CHECK(ask(client).find("certificate=DNS:a\n") != std::string::npos);
            server.adopt_tls(asks ? context_of(for_clients_of(next, served, client_certificate::request)) : nullptr);
            const std::string last = ask(client);
            CHECK(is_served(last));
            CHECK(last.find("certificate=") == std::string::npos);
            CHECK(last.find("\r\nConnection: close\r\n") != std::string::npos);
            CHECK(ask(client) == "closed");
            CHECK(is_served(ask(nobody)));
            CHECK(is_served(ask(nobody)));
        }
    }
}

TEST_CASE("no session outlives the rules for clients' certificates that it began under") {
    certificate_authority authority;
    certificate_authority next;
    const auto served = authority.issue("127.0.0.1");
    const auto tickets = std::make_shared<ticket_keys>();
    const auto with = [&](const certificate_authority& clients, client_certificate how) {
        return context_of(for_clients_of(clients, served, how), tickets);
    };
    for (const tls_version version : versions) {
        test_server server({}, {}, context_of(settings_of(served), tickets));
        auto wishes = of_version(version);
        const auto anonymous = session_of(server.port(), wishes);
        server.adopt_tls(with(authority, client_certificate::request));
        CHECK_FALSE(is_resumed(server.port(), wishes, anonymous));

        wishes = with_certificate(wishes, authority.issue_client("DNS:a"));
        const auto known = session_of(server.port(), wishes);
        CHECK(is_resumed(server.port(), wishes, known));
        server.adopt_tls(with(authority, client_certificate::require));
        CHECK_FALSE(is_resumed(server.port(), wishes, known));

        server.adopt_tls(with(next, client_certificate::require));
        wishes.session = known;
        tls_client former(server.port(), wishes);
        CHECK(ask(former) == "tlsv1 alert unknown ca");
    }
}

}  // namespace rollcall::gateway::testing
