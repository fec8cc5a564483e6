// Sessions over TLS: everything that a plain connection promises, and the ends that only TLS has.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/tls_files.hpp"
#include "tests/support/tls_client.hpp"

#include <string>

namespace rollcall::gateway::testing {
namespace {

using rollcall::testing::tls_client;
using rollcall::testing::tls_version;
using rollcall::testing::tls_wishes;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct tls_server : test_server {
    explicit tls_server(session_timeouts timeouts = {}, config::limits limits = {})
        : test_server(limits, timeouts, any_context()) {}
};

bool has_status(const std::optional<std::string>& answer, const std::string& status) {
    return answer && answer->starts_with("HTTP/1.1 " + status + " ");
}

std::string ask(tls_client& client, const std::string& bytes) {
    client.send(bytes);
    const auto answer = client.read_answer();
    REQUIRE_MESSAGE(answer, client.end());
    return *answer;
}

tls_wishes of_version(tls_version version) {
    tls_wishes wishes;
    wishes.oldest = wishes.newest = version;
    return wishes;
}

}  // namespace

TEST_CASE("over TLS a connection serves one request after another") {
    tls_server server;
    for (const tls_version version : {tls_version::tls_1_2, tls_version::tls_1_3}) {
        tls_client client(server.port(), of_version(version));
        REQUIRE_MESSAGE(client.connected(), client.end());
        CHECK(client.version() == version);
        for (int at = 0; at < 20; ++at)
            CHECK(has_status(ask(client, get("/agents/" + std::to_string(at))), "200"));
    }
    CHECK(server.observer.now().handshakes == std::vector{tls_outcome::full, tls_outcome::full});
}

TEST_CASE("over TLS pipelined requests are answered in order, however many records they come in") {
    tls_server server;
    tls_client client(server.port());
    std::string all;
    for (int at = 0; at < 300; ++at)
        all += get("/agents/" + std::to_string(at));
    client.send(all);
    for (int at = 0; at < 300; ++at) {
        const auto answer = client.read_answer();
        REQUIRE(answer);
        CHECK(answer->find("GET /agents/" + std::to_string(at) + "\n") != std::string::npos);
    }
    for (const char byte : get("/agents/last"))
        client.send(std::string(1, byte));
    CHECK(has_status(client.read_answer(), "200"));
}

TEST_CASE("over TLS a body of many records arrives whole") {
    tls_server server;
    tls_client client(server.port());
    const std::string body(500'000, 'b');
    const std::string answer =
        ask(client,
            "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    CHECK(has_status(answer, "200"));
    CHECK(answer.ends_with("body=" + body));
}

TEST_CASE("over TLS a large answer arrives whole, at a reader's own pace") {
    tls_server server;
    tls_wishes wishes;
    wishes.receive_buffer = 4096;
    tls_client client(server.port(), wishes);
    client.send(get("/large"));
    const auto answer = client.read_answer();
    REQUIRE(answer);
    CHECK(answer->size() - answer->find("\r\n\r\n") - 4 == test_server::large_bytes);
    CHECK(has_status(ask(client, get("/agents")), "200"));
}

TEST_CASE("over TLS a head and its body come in one record") {
    tls_server server;
    tls_client client(server.port());
    client.send(get("/agents"));
    const std::string first = client.read_some(65536);
    CHECK(first.find("\r\n\r\nGET /agents") != std::string::npos);
}

TEST_CASE("over TLS a client that never reads is given up") {
    session_timeouts timeouts;
    timeouts.write = milliseconds(50);
    tls_server server(timeouts);
    tls_wishes wishes;
    wishes.receive_buffer = 4096;
    tls_client client(server.port(), wishes);
    client.send(get("/large"));
    CHECK(final_status(server) == client_closed_request);
    REQUIRE(server.observer.wait(all_gone));
}

TEST_CASE("over TLS who leaves while it waits is noticed, with a farewell or without") {
    for (const bool farewell : {true, false}) {
        CAPTURE(farewell);
        tls_server server;
        tls_client client(server.port());
        client.send(get("/held"));
        server.wait_for_held(1);
        farewell ? client.half_close() : client.cut();
        CHECK(final_status(server) == client_closed_request);
        REQUIRE(server.observer.wait(all_gone));
    }
}

TEST_CASE("over TLS who waits is waited for, and a half-closed client has its answer if it comes soon") {
    session_timeouts timeouts;
    timeouts.client_check = milliseconds(1);
    timeouts.half_closed = seconds(10);
    tls_server server(timeouts);
    tls_client patient(server.port());
    patient.send(get("/held") + get("/agents"));
    tls_client half(server.port());
    half.send(get("/held"));
    half.half_close();
    server.wait_for_held(2);
    server.release();
    CHECK(has_status(patient.read_answer(), "200"));
    CHECK(has_status(patient.read_answer(), "200"));
    CHECK(has_status(half.read_answer(), "200"));
    CHECK(half.read_all().empty());
    CHECK(half.end() == "closed");
}

TEST_CASE("over TLS the last answer is followed by a farewell, and so is the end of an idle connection") {
    session_timeouts timeouts;
    timeouts.idle = milliseconds(50);
    tls_server server(timeouts);
    tls_client last(server.port());
    CHECK(has_status(ask(last, get("/agents", "Connection: close\r\n")), "200"));
    CHECK(last.read_all().empty());
    CHECK(last.end() == "closed");
    tls_client idle(server.port());
    CHECK(has_status(ask(idle, get("/agents")), "200"));
    CHECK(idle.read_all().empty());
    CHECK(idle.end() == "closed");
}

TEST_CASE("over TLS a head has its time, and a record that comes in half does not stop the clock") {
    session_timeouts timeouts;
    timeouts.head = milliseconds(50);
    timeouts.idle = milliseconds(50);
    tls_server server(timeouts);
    tls_client slow(server.port());
    slow.send("GET /agents HTTP/1.1\r\n");
    CHECK(has_status(slow.read_answer(), "408"));
    tls_client half(server.port());
    half.send_part_of_record(get("/agents"), 20);
    CHECK_FALSE(half.read_answer());
    CHECK(half.end() == "closed");
}

TEST_CASE("bytes that TLS does not allow end the connection and nothing else") {
    tls_server server;
    tls_client good(server.port());
    tls_client spoilt(server.port());
    CHECK(has_status(ask(spoilt, get("/agents")), "200"));
    spoilt.send_without_tls("\x17\x03\x03" + std::string(1, '\0') + std::string("\x20") + std::string(32, 'x'));
    CHECK(spoilt.read_all().empty());
    CHECK(spoilt.end().find("bad record mac") != std::string::npos);
    CHECK(has_status(ask(good, get("/agents")), "200"));
}

TEST_CASE("records without data may come between requests, but who sends nothing else is broken off") {
    tls_server server;
    tls_client honest(server.port(), of_version(tls_version::tls_1_3));
    for (int at = 0; at < 10; ++at) {
        honest.send_without_tls(honest.key_updates(1000));
        CHECK(has_status(ask(honest, get("/agents")), "200"));
    }
    tls_client flood(server.port(), of_version(tls_version::tls_1_3));
    CHECK(has_status(ask(flood, get("/agents")), "200"));
    flood.send_without_tls(flood.key_updates(10'000));
    flood.send(get("/agents"));
    CHECK_FALSE(flood.read_answer());
    CHECK(has_status(ask(honest, get("/agents")), "200"));
}

TEST_CASE("records without data break a request off that is being answered") {
    session_timeouts timeouts;
    timeouts.client_check = milliseconds(1);
    tls_server server(timeouts);
    tls_client flood(server.port(), of_version(tls_version::tls_1_3));
    flood.send(get("/held"));
    server.wait_for_held(1);
    flood.send_without_tls(flood.key_updates(10'000));
    CHECK(final_status(server) == client_closed_request);
    REQUIRE(server.observer.wait(all_gone));
}

TEST_CASE("a handshake that never ends is given up, and so is one that never begins") {
    session_timeouts timeouts;
    timeouts.tls_handshake = milliseconds(50);
    test_server server({}, timeouts, any_context());
    raw_client silent(server.port());
    raw_client slow(server.port());
    slow.send("\x16\x03\x01", pace::byte_by_byte);
    CHECK(silent.closed());
    CHECK(slow.closed());
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.observer.now().handshakes == std::vector{tls_outcome::timeout, tls_outcome::timeout});
    CHECK(server.observer.now().started == 0);
}

TEST_CASE("garbage instead of a handshake is refused, and who goes away in the middle of one is let go") {
    tls_server server;
    for (const std::string& garbage : {std::string(1000, '\xff'), std::string("\x16\x03\x01\x00\x05hello", 10),
                                       std::string("\x80\x2e\x01\x03\x01", 5), std::string(100, '\0')}) {
        raw_client client(server.port());
        client.send(garbage);
        client.half_close();
        while (client.read()) {}
    }
    REQUIRE(server.observer.wait([](const auto& record) { return record.handshakes.size() == 4; }));
    {
        raw_client client(server.port());
        client.send("\x16\x03\x01");
    }
    REQUIRE(server.observer.wait([](const auto& record) { return record.handshakes.size() == 5; }));
    CHECK(server.observer.now().handshakes.back() == tls_outcome::abandoned);
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.observer.now().failures.empty());
    tls_client good(server.port());
    CHECK(has_status(ask(good, get("/agents")), "200"));
}

TEST_CASE("HTTP without TLS on a TLS port is told so") {
    tls_server server;
    for (const std::string method : {"GET", "POST", "PATCH", "DELETE", "OPTIONS"}) {
        CAPTURE(method);
        raw_client client(server.port());
        client.send(method + " /agents HTTP/1.1\r\nHost: a\r\n\r\n");
        const auto answer = client.read();
        REQUIRE(answer);
        CHECK(answer->status == 400);
        CHECK(answer->header("content-type") == "application/problem+json");
        CHECK(answer->header("strict-transport-security").empty());
        CHECK(answer->body.find("This port speaks HTTPS") != std::string::npos);
        CHECK(client.closed());
    }
    CHECK(server.observer.now().handshakes == std::vector(5, tls_outcome::plain_http));
}

TEST_CASE("over TLS a drain closes the idle with a farewell, and ends handshakes and answers in their time") {
    session_timeouts timeouts;
    timeouts.last_request = timeouts.handshake = milliseconds(0);
    timeouts.linger = milliseconds(20);
    tls_server server(timeouts);
    tls_client idle(server.port());
    CHECK(has_status(ask(idle, get("/agents")), "200"));
    tls_client busy(server.port());
    busy.send(get("/held"));
    server.wait_for_held(1);
    raw_client slow(server.port());
    server.drain();
    CHECK(idle.read_all().empty());
    CHECK(idle.end() == "closed");
    CHECK(slow.closed());
    server.release();
    const auto answer = busy.read_answer();
    REQUIRE(answer);
    CHECK(answer->find("Connection: close") != std::string::npos);
    CHECK(busy.read_all().empty());
    CHECK(busy.end() == "closed");
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.is_drained());
}

TEST_CASE("over TLS breaking everything off in the middle harms nobody") {
    for (int round = 0; round < 3; ++round) {
        tls_server server;
        tls_client idle(server.port());
        tls_client busy(server.port());
        busy.send(get("/held"));
        tls_wishes wishes;
        wishes.receive_buffer = 4096;
        tls_client slow(server.port(), wishes);
        slow.send(get("/large"));
        raw_client shaking(server.port());
        server.wait_for_held(1);
        if (round == 0) server.close_listener();
        if (round == 1) server.stop();
    }
}

TEST_CASE("over TLS a client beyond the limit of connections is closed before the handshake, and counted") {
    config::limits limits;
    limits.connections = 1;
    tls_server server({}, limits);
    tls_client first(server.port());
    CHECK(has_status(ask(first, get("/agents")), "200"));
    tls_client second(server.port());
    CHECK_FALSE(second.connected());
    CHECK(server.observer.now().overloaded == std::vector{client_limit::connections});
    CHECK(server.observer.now().handshakes.size() == 1);
    CHECK(has_status(ask(first, get("/agents")), "200"));
}

TEST_CASE("HSTS is sent over TLS where it is configured") {
    certificate_authority authority;
    auto settings = settings_of(authority.issue("127.0.0.1"));
    settings.hsts = std::chrono::hours{24};
    test_server server({}, {}, context_of(settings));
    tls_client client(server.port());
    CHECK(ask(client, get("/agents")).find("\r\nStrict-Transport-Security: max-age=86400\r\n") != std::string::npos);
    CHECK(ask(client, get("/nowhere")).find("\r\nStrict-Transport-Security: max-age=86400\r\n") != std::string::npos);
}

TEST_CASE("a new certificate is for new connections, and the others live on") {
    certificate_authority authority;
    const auto tickets = std::make_shared<ticket_keys>();
    test_server server({}, {}, context_of(settings_of(authority.issue("127.0.0.1")), tickets));
    tls_client former(server.port());
    CHECK(has_status(ask(former, get("/agents")), "200"));
    server.adopt_tls(context_of(settings_of(authority.issue("127.0.0.1")), tickets));
    tls_client next(server.port());
    CHECK(has_status(ask(next, get("/agents")), "200"));
    CHECK(former.certificate() != next.certificate());
    CHECK(has_status(ask(former, get("/agents")), "200"));
    server.adopt_tls(nullptr);
    raw_client plain(server.port());
    CHECK(testing::ask(plain, get("/agents")).status == 200);
    CHECK(has_status(ask(former, get("/agents")), "200"));
}

}  // namespace rollcall::gateway::testing
