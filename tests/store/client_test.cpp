// A connection to Redis that is lost, hangs, or is none: what becomes of commands, and when it is opened anew.
#include "store/client.hpp"

#include "store/reconnect_schedule.hpp"
#include "tests/store/bench.hpp"
#include "tests/store/fake_redis.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/redis_server.hpp"

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;
using testing::redis_server;
using tests::client_bench;
using tests::fake_redis;
using tests::peer;

}  // namespace

TEST_CASE("commands go out in a row and each gets its own reply") {
    const redis_server redis;
    client_bench bench{std::to_string(redis.port())};
    REQUIRE(bench.becomes_ready());
    std::vector<tests::answer> answers;
    for (int i = 0; i < 500; ++i)
        answers.push_back(bench.begin({"ECHO", std::to_string(i)}));
    for (int i = 0; i < 500; ++i)
        CHECK(bench.finish(answers[static_cast<std::size_t>(i)])->is_text(std::to_string(i)));
    const std::string large(900'000, 'x');
    CHECK(bench.ask({"ECHO", large})->is_text(large));
    const auto wrong = bench.ask({"NO-SUCH-COMMAND"});
    REQUIRE(wrong.has_value());
    CHECK(wrong->is == reply::kind::error);
    CHECK(bench.observer.count(command_outcome::ok) == 501);
    CHECK(bench.observer.count(command_outcome::error) == 1);
}

TEST_CASE("while nothing is connected a command fails at once") {
    client_bench bench{"1"};
    const auto began = steady_clock::now();
    const auto answer = bench.begin({"PING"});
    REQUIRE(answer->has_value());
    CHECK((*answer)->error().kind == fault::unreachable);
    CHECK(steady_clock::now() - began < 1s);
    CHECK(bench.observer.count(command_outcome::unavailable) == 1);
    CHECK(bench.run_until([&] { return bench.observer.failures > 0; }));
    CHECK(bench.observer.last_reason.find("no connection") != std::string::npos);
    CHECK(bench.observer.lost == 0);
}

TEST_CASE("a Redis that dies fails what was under way at once, and is found again when it is back") {
    redis_server redis;
    client_bench bench{std::to_string(redis.port())};
    REQUIRE(bench.becomes_ready());
    const auto answer = bench.begin({"BLPOP", "nothing", "0"}, 1min);
    CHECK(bench.ask({"PING"}, 100ms).has_error());  // behind the one that blocks
    redis.kill();
    REQUIRE(bench.run_until([&] { return answer->has_value(); }));
    CHECK((*answer)->error().kind == fault::unreachable);
    CHECK_FALSE(bench.client->ready());
    redis.start();
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"PING"})->is_text("PONG"));
    CHECK(bench.observer.readies >= 2);
}

TEST_CASE("a reply that is late costs its command the deadline, and the next ones nothing until it has come") {
    std::atomic<bool> go_on{false};
    fake_redis redis{[&](peer& peer, int) {
        if (!peer.welcome() || !peer.await("first")) return;
        while (!go_on)
            std::this_thread::yield();
        if (!peer.send("+late\r\n") || !peer.welcome() || !peer.await("third")) return;
        (void)peer.send("+third\r\n");
        peer.wait_for_close();
    }};
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "first"}, 60ms).error().kind == fault::timeout);
    CHECK_FALSE(bench.client->ready());
    CHECK(bench.observer.lost == 1);
    const auto refused = bench.begin({"ECHO", "second"});
    REQUIRE(refused->has_value());
    CHECK((*refused)->has_error());
    go_on = true;
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "third"})->is_text("third"));
    CHECK(redis.connections() == 1);
    CHECK(bench.observer.readies == 2);
}

TEST_CASE("a connection on which nothing answers any more is given up, and another one made") {
    fake_redis redis{[](peer& peer, int number) {
        if (!peer.welcome()) return;
        if (number == 0) return peer.wait_for_close();
        if (peer.welcome() && peer.await("again")) (void)peer.send("+again\r\n");
        peer.wait_for_close();
    }};
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "first"}, 60ms).error().kind == fault::timeout);
    REQUIRE(bench.becomes_ready());
    CHECK(redis.connections() == 2);
    CHECK(bench.ask({"ECHO", "again"})->is_text("again"));
}

TEST_CASE("a peer that hangs with nothing asked is found out too") {
    fake_redis redis{[](peer& peer, int) {
        (void)peer.welcome();
        peer.wait_for_close();
    }};
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    CHECK(bench.run_until([&] { return !bench.client->ready(); }));
    CHECK(bench.run_until([&] { return redis.connections() >= 2; }));
}

TEST_CASE("a peer that is no Redis, or does not keep to the protocol, is left") {
    const std::pair<std::string, std::string> scripts[] = {
        {"HTTP/1.1 400 Bad Request\r\n\r\n", "no Redis"},
        {"-NOAUTH Authentication required.\r\n", "NOAUTH"},
        {"-LOADING Redis is loading the dataset in memory\r\n", "LOADING"},
        {"+PONG\r\n+PONG\r\n", "nobody had asked for"},
        {"*1000000\r\n", "no Redis"},
        {"$5\r\nPO", "ended"},
        {"", "ended"},
    };
    for (const auto& [says, reason] : scripts) {
        CAPTURE(says);
        const std::string bytes = says;
        fake_redis redis{[&](peer& peer, int) {
            if (peer.await("PING")) (void)peer.send(bytes);
        }};
        client_bench bench{redis.port()};
        CHECK(bench.run_until([&] { return bench.observer.failures > 0; }));
        CHECK(bench.observer.last_reason.find(reason) != std::string::npos);
        CAPTURE(bench.observer.last_reason);
        CHECK(bench.run_until([&] { return redis.connections() >= 2; }));
    }
}

TEST_CASE("a reply without end is given up, and so is its connection") {
    fake_redis redis{[](peer& peer, int) {
        if (!peer.welcome() || !peer.await("first")) return;
        (void)peer.send("$1000000000\r\n");
        const std::string block(100'000, 'x');
        while (peer.send(block)) {}
    }};
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    const auto answer = bench.ask({"ECHO", "first"});
    CHECK(answer.error().kind == fault::unreachable);
    CHECK(answer.error().detail.find("longer than its limit") != std::string::npos);
}

TEST_CASE("more than may be under way is refused, not heaped up") {
    fake_redis redis{[](peer& peer, int) {
        if (!peer.welcome()) return;
        (void)peer.await("never");
    }};
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    std::vector<tests::answer> answers;
    for (std::size_t i = 0; i < conversation::pending_limit + 10; ++i)
        answers.push_back(bench.begin({"ECHO", "x"}, 1min));
    REQUIRE(answers.back()->has_value());
    CHECK((*answers.back())->error().kind == fault::overloaded);
    CHECK_FALSE(answers.front()->has_value());
    const std::string large(conversation::output_limit, 'x');
    const auto refused = bench.begin({"ECHO", large}, 1min);
    REQUIRE(refused->has_value());
}

TEST_CASE("over TLS it is only Redis where its certificate says so") {
    testing::certificate_authority authority;
    const auto right = authority.issue("127.0.0.1");
    const auto wrong = authority.issue("elsewhere.example");
    for (const auto* const certificate : {&right, &wrong}) {
        const redis_server redis{
            {"--tls-cert-file", certificate->chain.string(), "--tls-key-file", certificate->key.string(),
             "--tls-ca-cert-file", authority.ca_file().string(), "--tls-auth-clients", "no"},
            true};
        adapters::tls_context tls{"127.0.0.1", authority.ca_file().string()};
        client_bench bench{std::to_string(redis.port()), tls};
        if (certificate == &wrong) {
            CHECK(bench.run_until([&] { return bench.observer.failures > 0; }));
            CHECK(bench.observer.last_reason.find("TLS") != std::string::npos);
            CHECK_FALSE(bench.client->ready());
            continue;
        }
        REQUIRE(bench.becomes_ready());
        std::vector<tests::answer> answers;
        const std::string large(300'000, 'x');
        for (int i = 0; i < 20; ++i)
            answers.push_back(bench.begin({"ECHO", large + std::to_string(i)}));
        for (int i = 0; i < 20; ++i)
            CHECK(bench.finish(answers[static_cast<std::size_t>(i)])->is_text(large + std::to_string(i)));
    }
}

TEST_CASE("messages of a channel are heard between the replies") {
    const redis_server redis;
    std::vector<std::string> heard;
    int begun = 0;
    client::listeners listeners{[&](bool) { ++begun; }, [&](const std::string& text) { heard.push_back(text); }, {}};
    client_bench bench{std::to_string(redis.port()), std::move(listeners), "rollcall:writes"};
    REQUIRE(bench.becomes_ready());
    CHECK(begun == 1);
    CHECK(redis.ask({"PUBLISH", "rollcall:writes", "one two"}) == "1");
    CHECK(bench.run_until([&] { return !heard.empty(); }));
    CHECK(heard == std::vector<std::string>{"one two"});
    // The heartbeat goes on beside them.
    CHECK_FALSE(bench.run_until([&] { return !bench.client->ready(); }, 2500ms));
}

TEST_CASE("tries double their pauses, with half of each left to chance, until a connection has been of use") {
    reconnect_schedule schedule;
    CHECK(schedule.failed(1.0) == 100ms);
    CHECK(schedule.failed(0.0) == 100ms);
    CHECK(schedule.failed(1.0) == 400ms);
    for (int i = 0; i < 10; ++i)
        (void)schedule.failed(1.0);
    CHECK(schedule.failed(1.0) == reconnect_schedule::longest_pause);
    CHECK(schedule.failed(0.0) == reconnect_schedule::longest_pause / 2);
    schedule.worked();
    CHECK(schedule.failed(1.0) == 100ms);
}

}  // namespace rollcall::store
