// What is thrown while Redis's bytes are read, such as for want of memory: it ends the connection and nothing else.
#include "store/conversation.hpp"
#include "tests/store/bench.hpp"
#include "tests/support/redis_server.hpp"

#include <new>

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;
using testing::redis_server;
using tests::client_bench;

}  // namespace

TEST_CASE("a reply that cannot be dealt with ends its connection, fails the others on it, and another is made") {
    const redis_server redis;
    client_bench bench{std::to_string(redis.port())};
    REQUIRE(bench.becomes_ready());
    bench.client->send(command_of({"ECHO", "x"}), steady_clock::now() + 5s,
                       [](const result<reply>&) { throw std::bad_alloc{}; });
    const auto behind = bench.begin({"BLPOP", "nothing", "0"}, 1min);
    REQUIRE(bench.run_until([&] { return behind->has_value(); }));
    CHECK((*behind)->error().kind == fault::unreachable);
    CHECK(bench.observer.lost == 1);
    CHECK(bench.observer.last_reason.find("bad_alloc") != std::string::npos);
    CHECK(bench.observer.count(command_outcome::lost) == 1);
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "y"})->is_text("y"));
}

TEST_CASE("a message that cannot be dealt with ends its connection, and the next one hears the next message") {
    const redis_server redis;
    int begun = 0;
    std::vector<std::string> heard;
    client::listeners listeners{[&](bool) { ++begun; },
                                [&](const std::string& text) {
                                    if (text == "too much") throw std::bad_alloc{};
                                    heard.push_back(text);
                                },
                                {}};
    client_bench bench{std::to_string(redis.port()), std::move(listeners), "rollcall:writes"};
    REQUIRE(bench.becomes_ready());
    CHECK(redis.ask({"PUBLISH", "rollcall:writes", "too much"}) == "1");
    REQUIRE(bench.run_until([&] { return begun == 2; }));
    CHECK(bench.observer.lost == 1);
    CHECK(redis.ask({"PUBLISH", "rollcall:writes", "one two"}) == "1");
    CHECK(bench.run_until([&] { return !heard.empty(); }));
    CHECK(heard == std::vector<std::string>{"one two"});
}

TEST_CASE("a listener that throws when the connection is there ends it, and is asked again with the next") {
    const redis_server redis;
    int begun = 0;
    client::listeners listeners{[&](bool) {
                                    if (++begun == 1) throw std::bad_alloc{};
                                },
                                {},
                                {}};
    client_bench bench{std::to_string(redis.port()), std::move(listeners)};
    REQUIRE(bench.run_until([&] { return begun == 2; }));
    CHECK(bench.observer.lost == 1);
    CHECK(bench.ask({"ECHO", "y"})->is_text("y"));
}

TEST_CASE("one that throws at being told of the end keeps nobody else from being told") {
    asio::io_context io{1};
    sweeper sweeper{io.get_executor()};
    conversation talk{sweeper, {[] {}, [](bool) {}, [] {}, {}}};
    int told = 0;
    for (int i = 0; i < 3; ++i) {
        talk.send(command_of({"PING"}), steady_clock::now() + 1min, [&](const result<reply>& answer) {
            CHECK(answer.error().detail == "the end");
            if (++told == 2) throw std::bad_alloc{};
        });
    }
    talk.end("the end");
    CHECK(told == 3);
    CHECK(talk.idle());
}

}  // namespace rollcall::store
