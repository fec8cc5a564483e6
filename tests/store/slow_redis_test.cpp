// A Redis that answers, but later than calls wait for it: how often they find that out.
#include "store/client.hpp"
#include "store/reconnect_schedule.hpp"
#include "tests/store/bench.hpp"
#include "tests/store/fake_redis.hpp"

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;
using tests::client_bench;
using tests::fake_redis;
using tests::peer;

constexpr auto timeout = 50ms;    // redis.timeout unless it is configured
constexpr auto too_long = 100ms;  // what a slow one takes

/// Lets a client in, and then takes its time, for probes and for commands.
class slow_redis {
  public:
    [[nodiscard]] std::string port() const { return redis_.port(); }
    [[nodiscard]] int probes() const { return probes_; }

    std::atomic<bool> slow_to_probes{false};
    std::atomic<bool> slow_to_commands{true};

  private:
    void play(peer& peer) {
        if (!peer.welcome()) return;
        for (;;) {
            const auto word = peer.await_either("PING", "ECHO");
            if (word.empty()) return;
            const bool is_probe = word == "PING";
            if (is_probe) ++probes_;
            if (is_probe ? slow_to_probes : slow_to_commands) std::this_thread::sleep_for(too_long);
            if (!peer.send("+PONG\r\n")) return;
        }
    }

    std::atomic<int> probes_{0};
    fake_redis redis_{[this](peer& peer, int) { play(peer); }};
};

}  // namespace

TEST_CASE("a Redis that is always slower than its timeout costs one call its time, and is asked ever more rarely") {
    slow_redis redis;
    redis.slow_to_probes = true;
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "x"}, timeout).error().kind == fault::timeout);
    CHECK_FALSE(bench.run_until([&] { return bench.client->ready(); }, 2s));
    CHECK(bench.ask({"ECHO", "x"}, timeout).error().kind == fault::unreachable);
    CHECK(bench.observer.count(command_outcome::timeout) == 1);
    CHECK(bench.observer.count(command_outcome::unavailable) == 1);
    CHECK(bench.observer.lost == 1);
    // Pauses of at least 50, 100, 200, 400 and 800 ms, and a heartbeat a second: without pauses there would be twenty.
    CHECK(redis.probes() >= 4);
    CHECK(redis.probes() <= 9);

    redis.slow_to_probes = false;
    redis.slow_to_commands = false;
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "x"}, 5s)->is_text("PONG"));
    CHECK(bench.observer.readies == 2);
}

TEST_CASE("one that is slow at its work only is left alone for longer each time, until it has been in time once") {
    slow_redis redis;
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    /// From a command that is too late to the next that may be sent.
    const auto time_away = [&] {
        const auto began = steady_clock::now();
        CHECK(bench.ask({"ECHO", "x"}, timeout).error().kind == fault::timeout);
        REQUIRE(bench.becomes_ready());
        return steady_clock::now() - began;
    };
    for (auto pause = reconnect_schedule::first_pause; pause <= 16 * reconnect_schedule::first_pause; pause *= 2)
        CHECK(time_away() >= timeout + pause / 2);
    redis.slow_to_commands = false;
    while (bench.ask({"ECHO", "x"}, timeout).has_error())
        REQUIRE(bench.becomes_ready());
    redis.slow_to_commands = true;
    CHECK(time_away() < reconnect_schedule::longest_pause / 2);
}

TEST_CASE("a call that had less time than the timeout says nothing of Redis, which may be asked when it has answered") {
    slow_redis redis;
    redis.slow_to_probes = true;
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    CHECK(bench.ask({"ECHO", "x"}, timeout / 5).error().kind == fault::timeout);
    REQUIRE(bench.becomes_ready());
    CHECK(bench.observer.readies == 2);
}

TEST_CASE("several calls that find it slow together are one reason to stay away, not several") {
    slow_redis redis;
    client_bench bench{redis.port()};
    REQUIRE(bench.becomes_ready());
    std::vector<tests::answer> answers;
    for (int i = 0; i < 5; ++i)
        answers.push_back(bench.begin({"ECHO", "x"}, timeout));
    for (const auto& answer : answers)
        CHECK(bench.finish(answer).error().kind == fault::timeout);
    CHECK(bench.observer.failures == 1);
    const auto began = steady_clock::now();
    redis.slow_to_commands = false;
    REQUIRE(bench.becomes_ready());
    // Five pauses, each twice as long as the one before, would take at least a second and a half.
    CHECK(steady_clock::now() - began < 1500ms);
}

}  // namespace rollcall::store
