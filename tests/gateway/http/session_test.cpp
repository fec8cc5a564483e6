// What a connection does beside reading: answers, identity, limits, and clients that leave.
#include "tests/gateway/http/asking.hpp"
#include "tests/gateway/http/raw_client.hpp"
#include "tests/gateway/http/test_server.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>

namespace rollcall::gateway::testing {
namespace {

using std::chrono::milliseconds;

std::string told(const raw_answer& answer, const std::string& name) {
    const auto begin = answer.body.find('\n' + name + '=') + name.size() + 2;
    return answer.body.substr(begin, answer.body.find('\n', begin) - begin);
}

}  // namespace

TEST_CASE("a connection serves one request after another") {
    test_server server;
    raw_client client(server.port());
    for (int at = 0; at < 20; ++at) {
        const auto answer = ask(client, get("/agents/" + std::to_string(at)));
        CHECK(answer.status == 200);
        CHECK(told(answer, "record") == std::to_string(at));
        CHECK(answer.header("connection") == "");
        CHECK(answer.header("x-told") == "yes");
        CHECK(answer.header("content-type") == "text/plain");
        CHECK(answer.header("cache-control") == "no-store");
        CHECK(answer.header("date").ends_with(" GMT"));
    }
    CHECK(server.observer.now().connections == 1);
}

TEST_CASE("HEAD gets GET's headers with the true length and no body") {
    test_server server;
    raw_client client(server.port());
    const auto body = ask(client, get("/agents/7"));
    const auto head = ask(client, "HEAD /agents/7 HTTP/1.1\r\nHost: a\r\n\r\n", true);
    CHECK(head.status == 200);
    CHECK(head.header("content-type") == body.header("content-type"));
    CHECK(std::stoul(head.header("content-length")) == body.body.size() + 1);  // the body tells the method's name
    const auto missing = ask(client, "HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", true);
    CHECK(missing.status == 404);
    CHECK(std::stoul(missing.header("content-length")) > 0);
    CHECK(ask(client, get("/agents/8")).status == 200);
}

TEST_CASE("an answer without content has neither length nor type") {
    test_server server;
    raw_client client(server.port());
    const auto answer = ask(client, get("/empty"));
    CHECK(answer.status == 204);
    CHECK(answer.headers.count("content-length") == 0);
    CHECK(answer.headers.count("content-type") == 0);
    CHECK(ask(client, get("/empty")).status == 204);
}

TEST_CASE("paths and methods that are not offered are told so, and the connection stays") {
    test_server server;
    raw_client client(server.port());
    const auto missing = ask(client, get("/nowhere"));
    CHECK(missing.status == 404);
    CHECK(missing.body.find("\"code\":\"not_found\"") != std::string::npos);
    CHECK(missing.body.find("\"request_id\":\"" + missing.header("x-request-id") + '"') != std::string::npos);
    const auto refused = ask(client, "DELETE /agents HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(refused.status == 405);
    CHECK(refused.header("allow") == "GET, HEAD, POST");
    const auto options = ask(client, "OPTIONS /agents/1 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(options.status == 405);
    CHECK(options.header("allow") == "GET, HEAD, PATCH");
    CHECK(ask(client, get("/agents/%zz")).status == 400);
    CHECK(ask(client, get("/agents/1")).status == 200);
}

TEST_CASE("a client's request id is taken over, and one that is not printable is replaced") {
    test_server server;
    raw_client client(server.port());
    const std::string longest(128, 'z');
    CHECK(ask(client, get("/agents", "X-Request-Id: order-66\r\n")).header("x-request-id") == "order-66");
    CHECK(ask(client, get("/nowhere", "x-request-id: " + longest + "\r\n")).header("x-request-id") == longest);
    for (const std::string& bad : {std::string(), std::string("a b"), std::string("\xc3\xa4"), longest + 'z'}) {
        const auto made = ask(client, get("/agents", "X-Request-Id: " + bad + "\r\n")).header("x-request-id");
        CHECK(made.size() == 32);
        CHECK(made.find_first_not_of("0123456789abcdef") == std::string::npos);
    }
    CHECK(ask(client, get("/agents")).header("x-request-id") != ask(client, get("/agents")).header("x-request-id"));
}

TEST_CASE("a refused body still carries the client's request id") {
    test_server server;
    const auto answer =
        ask(server, "POST /agents HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Length: 9999999\r\n\r\n");
    CHECK(answer.status == 413);
    CHECK(answer.header("x-request-id") == "mine");
}

TEST_CASE("a trace is continued with a new parent, and a broken one is dropped") {
    test_server server;
    raw_client client(server.port());
    const std::string trace = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
    const auto continued = told(ask(client, get("/agents", trace)), "traceparent");
    CHECK(continued.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
    CHECK(continued.ends_with("-01"));
    CHECK(continued.find("b7ad6b7169203331") == std::string::npos);
    CHECK(told(ask(client, get("/agents", "traceparent: 00-nonsense\r\n")), "traceparent") == "");
    CHECK(told(ask(client, get("/agents", trace + trace)), "traceparent") == "");
}

TEST_CASE("a handler that throws costs its request and nothing else") {
    test_server server;
    raw_client client(server.port());
    const auto answer = ask(client, get("/throws"));
    CHECK(answer.status == 500);
    CHECK(answer.body.find("\"code\":\"internal_error\"") != std::string::npos);
    CHECK(answer.body.find("the handler broke") == std::string::npos);
    CHECK(answer.header("x-half") == "");
    CHECK(ask(client, get("/agents")).status == 200);
    CHECK(server.observer.now().failures == std::vector<std::string>{"the handler broke"});
}

TEST_CASE("an answer larger than the socket's buffers arrives whole") {
    test_server server;
    raw_client client(server.port());
    const auto answer = ask(client, get("/large"));
    CHECK(answer.body.size() == test_server::large_bytes);
    CHECK(ask(client, get("/agents")).status == 200);
}

TEST_CASE("a client that resets its connection cancels its request") {
    test_server server;
    raw_client client(server.port());
    client.send(get("/held"));
    server.wait_for_held(1);
    client.reset();
    REQUIRE(server.observer.wait(all_gone));
    const auto record = server.observer.now();
    CHECK(record.in_flight == 0);
    REQUIRE(record.finished.size() == 1);
    CHECK(record.finished[0].status == client_closed_request);
    CHECK(record.finished[0].route == "/held");
    CHECK(record.failures.empty());
}

TEST_CASE("a client that has ended its side is taken to be gone after a while") {
    session_timeouts timeouts;
    timeouts.client_check = milliseconds(5);
    timeouts.half_closed = milliseconds(20);
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.send(get("/held"));
    server.wait_for_held(1);
    client.half_close();
    CHECK(client.closed());
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.observer.now().finished.at(0).status == client_closed_request);
}

TEST_CASE("a client that only half-closes gets an answer that comes soon") {
    session_timeouts timeouts;
    timeouts.half_closed = milliseconds(10'000);
    test_server server({}, timeouts);
    raw_client client(server.port());
    client.send(get("/held"));
    client.half_close();
    server.wait_for_held(1);
    server.release();
    const auto answer = client.read();
    REQUIRE(answer);
    CHECK(answer->body == "held");
    CHECK(client.closed());
}

TEST_CASE("beyond the limit of requests in flight a client is told to come back") {
    config::limits limits;
    limits.in_flight = 1;
    limits.in_flight_wait = milliseconds{0};
    test_server server(limits);
    raw_client first(server.port());
    first.send(get("/held"));
    server.wait_for_held(1);
    raw_client second(server.port());
    const auto refused = ask(second, get("/agents"));
    CHECK(refused.status == 503);
    CHECK(refused.header("retry-after") == "1");
    CHECK(refused.body.find("\"code\":\"overloaded\"") != std::string::npos);
    CHECK(server.observer.now().overloaded == std::vector{client_limit::requests_in_flight});
    server.release();
    const auto held = first.read();
    REQUIRE(held);
    CHECK(held->body == "held");
    CHECK(ask(second, get("/agents")).status == 200);
}

TEST_CASE("beyond the limit of connections a client is told to come back") {
    config::limits limits;
    limits.connections = 2;
    test_server server(limits);
    {
        raw_client first(server.port());
        raw_client second(server.port());
        CHECK(ask(first, get("/agents")).status == 200);
        CHECK(ask(second, get("/agents")).status == 200);
        raw_client third(server.port());
        const auto refused = third.read();
        REQUIRE(refused);
        CHECK(refused->status == 503);
        CHECK(refused->header("retry-after") == "1");
        CHECK(refused->header("x-request-id").size() == 32);
        CHECK(third.closed());
        CHECK(server.observer.now().overloaded == std::vector{client_limit::connections});
    }
    REQUIRE(server.observer.wait(all_gone));
    CHECK(ask(server, get("/agents")).status == 200);
}

TEST_CASE("a listener that is destroyed breaks off its sessions") {
    test_server server;
    raw_client busy(server.port());
    busy.send(get("/held"));
    raw_client idle(server.port());
    CHECK(ask(idle, get("/agents")).status == 200);
    server.wait_for_held(1);
    server.close_listener();
    CHECK_FALSE(busy.read());
    CHECK_FALSE(idle.read());
    REQUIRE(server.observer.wait(all_gone));
    CHECK(server.observer.now().in_flight == 0);
}

TEST_CASE("sessions that are busy when the process ends give back what they took") {
    test_server server;
    raw_client busy(server.port());
    busy.send(get("/held"));
    raw_client idle(server.port());
    CHECK(ask(idle, get("/agents")).status == 200);
    server.wait_for_held(1);
    server.stop();
    const auto record = server.observer.now();
    CHECK(record.connections == 0);
    CHECK(record.in_flight == 0);
}

TEST_CASE("many connections at once each get their own answers") {
    test_server server;
    std::deque<raw_client> clients;
    for (int at = 0; at < 100; ++at)
        clients.emplace_back(server.port());
    for (int round = 0; round < 3; ++round) {
        for (std::size_t at = 0; at < clients.size(); ++at)
            clients[at].send(get("/agents/" + std::to_string(at)));
        for (std::size_t at = 0; at < clients.size(); ++at) {
            const auto answer = clients[at].read();
            REQUIRE(answer);
            CHECK(told(*answer, "record") == std::to_string(at));
        }
    }
}

}  // namespace rollcall::gateway::testing
