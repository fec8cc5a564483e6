// Calls that find every connection busy: who waits and for how long, who is served next, and who is turned away.
#include "tests/adapters/pipeline/fakes.hpp"
#include "tests/adapters/transport/client.hpp"
#include "tests/adapters/transport/held_server.hpp"

#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace rollcall;
using namespace rollcall::testing;
using adapters::outgoing;
using adapters::shed_reason;

namespace {

outgoing get(std::string_view target) {
    return {.method = "GET", .target = target, .body = {}, .extra_headers = {}};
}

const outgoing post{.method = "POST", .target = "/", .body = "{}", .extra_headers = {}};

/// One client with one connection, or more, and calls that wait for it.
struct bench {
    explicit bench(const held_server& server, unsigned length = 64, std::chrono::milliseconds wait = 30s)
        : client(origin(server, length, wait), nullptr, &observer) {}

    static adapters::origin origin(const held_server& server, unsigned length, std::chrono::milliseconds wait) {
        auto origin = plain_origin(server.port());
        origin.connections = 1;
        origin.queue_length = length;
        origin.queue_wait = wait;
        return origin;
    }

    /// Begins a call, and lets the client work until all that can happen has.
    void begin(pending& pending, const outgoing& request, std::chrono::milliseconds within = 30s) {
        client.begin(pending, request, steady_clock::now() + within);
        client.context.restart();
        client.context.poll();
    }

    adapters::tests::counting_observer observer;
    testing::client client;
};

std::string body_of(const result<adapters::incoming>& answer) {
    return answer.has_value() ? answer->body : "failed: " + answer.error().detail;
}

failure failure_of(const result<adapters::incoming>& answer) {
    REQUIRE_FALSE(answer.has_value());
    return answer.error();
}

}  // namespace

TEST_CASE("calls that wait are served in the order in which they came, on the connection that becomes free") {
    held_server server;
    bench bench{server};
    const std::array<outgoing, 4> requests{get("/a"), get("/b"), get("/c"), get("/d")};
    std::array<pending, 4> calls;
    for (std::size_t i = 0; i < 3; ++i)
        bench.begin(calls[i], requests[i]);
    server.let(1);
    CHECK(body_of(bench.client.finish(calls[0])) == "/a");
    // It comes when the first has just ended, and may not overtake those that have waited.
    bench.begin(calls[3], requests[3]);
    server.let(3);
    for (std::size_t i = 1; i < 4; ++i)
        CHECK(body_of(bench.client.finish(calls[i])) == requests[i].target);
    CHECK(server.targets() == "/a/b/c/d");
    CHECK(server.connections() == 1);
    CHECK(bench.observer.count(shed_reason::connections) == 0);
    CHECK(bench.observer.connections == 1);
}

TEST_CASE("where the connection was closed, the call that waits opens one of its own") {
    held_server server{true};
    bench bench{server};
    const outgoing request = get("/a");
    pending one;
    pending two;
    bench.begin(one, request);
    bench.begin(two, request);
    server.let(2);
    CHECK(bench.client.finish(one).has_value());
    CHECK(bench.client.finish(two).has_value());
    CHECK(server.connections() == 2);
    CHECK(bench.client.transport.open_connections() == 0);
    CHECK(bench.observer.connections == 0);
}

TEST_CASE("a call that no place in the queue is left for is turned away at once, unsent") {
    held_server server;
    bench bench{server, 1};
    const outgoing request = get("/a");
    pending one;
    pending two;
    bench.begin(one, request);
    bench.begin(two, request);
    const failure refused = failure_of(bench.client.send(post));
    CHECK(refused.kind == fault::overloaded);
    CHECK(refused.unsent);
    CHECK(refused.detail == "every connection to it is busy");
    CHECK(bench.observer.count(shed_reason::connections) == 1);
    server.let(2);
    CHECK(bench.client.finish(one).has_value());
    CHECK(bench.client.finish(two).has_value());
}

TEST_CASE("a call waits no longer than it may, nor beyond its deadline, and was then not sent") {
    held_server server;
    bool by_deadline = false;
    SUBCASE("the queue's time") {}
    SUBCASE("its own") {
        by_deadline = true;
    }
    bench bench{server, 64, by_deadline ? 30s : 50ms};
    const outgoing request = get("/a");
    pending one;
    bench.begin(one, request);
    const auto began = steady_clock::now();
    const failure over = failure_of(bench.client.send(post, by_deadline ? 50ms : 30s));
    const auto took = steady_clock::now() - began;
    CHECK(over.kind == fault::overloaded);
    CHECK(over.unsent);
    CHECK(over.detail == "every connection to it stayed busy");
    CHECK(took >= 50ms);
    CHECK(took < 10s);
    CHECK(bench.observer.count(shed_reason::connections) == 1);
    server.let(2);
    CHECK(bench.client.finish(one).has_value());
    CHECK(bench.client.get().has_value());
    CHECK(server.connections() == 1);
}

TEST_CASE("a call that is cancelled while it waits leaves no hole in the queue") {
    held_server server;
    bench bench{server, 2};
    const std::array<outgoing, 4> requests{get("/a"), get("/b"), get("/c"), get("/d")};
    std::array<pending, 4> calls;
    for (std::size_t i = 0; i < 3; ++i)
        bench.begin(calls[i], requests[i]);
    calls[1].cancel.emit(asio::cancellation_type::terminal);
    const failure cancelled = failure_of(bench.client.finish(calls[1]));
    CHECK(cancelled.kind == fault::cancelled);
    CHECK(cancelled.unsent);
    CHECK(bench.observer.count(shed_reason::connections) == 0);
    bench.begin(calls[3], requests[3]);
    server.let(3);
    for (const std::size_t i : {0U, 2U, 3U})
        CHECK(body_of(bench.client.finish(calls[i])) == requests[i].target);
    CHECK(server.targets() == "/a/c/d");
}

TEST_CASE("a call that is cancelled at the moment in which it gets the connection passes it on") {
    held_server server;
    bench bench{server};
    const std::array<outgoing, 3> requests{get("/a"), get("/b"), get("/c")};
    std::array<pending, 3> calls;
    for (std::size_t i = 0; i < 3; ++i)
        bench.begin(calls[i], requests[i]);
    while (server.targets().empty())
        bench.client.context.poll();
    // What is posted here runs between the end of the first call, which hands its place to the second, and the second.
    calls[0].cancel.emit(asio::cancellation_type::terminal);
    asio::post(bench.client.context, [&] { calls[1].cancel.emit(asio::cancellation_type::terminal); });
    CHECK(failure_of(bench.client.finish(calls[0])).kind == fault::cancelled);
    CHECK(failure_of(bench.client.finish(calls[1])).kind == fault::cancelled);
    server.let(2);
    CHECK(body_of(bench.client.finish(calls[2])) == "/c");
    CHECK(server.targets() == "/a/c");
}

TEST_CASE("a call that fails or is cancelled on its connection gives its place to the one that waits") {
    held_server server;
    bench bench{server};
    const outgoing request = get("/a");
    pending one;
    pending two;
    bench.begin(one, request);
    bench.begin(two, request);
    one.cancel.emit(asio::cancellation_type::terminal);
    CHECK(failure_of(bench.client.finish(one)).kind == fault::cancelled);
    server.let(2);
    CHECK(bench.client.finish(two).has_value());
    CHECK(bench.client.transport.open_connections() == 1);
}

TEST_CASE("calls that wait may be destroyed with their context") {
    held_server server;
    std::array<pending, 3> calls;
    const outgoing request = get("/a");
    {
        bench bench{server};
        for (pending& call : calls)
            bench.begin(call, request);
        CHECK(bench.client.transport.open_connections() == 1);
    }
    for (const pending& call : calls)
        CHECK_FALSE(call.answer.has_value());
}

TEST_CASE("calls that wait while their transport goes away are served all the same") {
    held_server server;
    asio::io_context context{1};
    sweeper sweeper{context.get_executor()};
    adapters::addresses addresses{context.get_executor(), "127.0.0.1", std::to_string(server.port())};
    const outgoing request = get("/a");
    unsigned answered = 0;
    {
        adapters::transport transport{context.get_executor(), sweeper, bench::origin(server, 64, 30s), addresses,
                                      nullptr};
        for (int i = 0; i < 3; ++i) {
            asio::co_spawn(context, transport.exchange(request, steady_clock::now() + 30s),
                           [&](const std::exception_ptr&, const result<adapters::incoming>& answer) {
                               answered += answer.has_value();
                           });
        }
        context.poll();
    }
    server.let(3);
    context.restart();
    while (answered < 3 && context.run_one() > 0) {}
    CHECK(answered == 3);
}
