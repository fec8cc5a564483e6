// What the replicas share, with a real Redis: accounts, pages and writes, each replica a store of its own.
#include "store/redis_store.hpp"

#include "store/subscription.hpp"
#include "tests/store/bench.hpp"
#include "tests/support/redis_server.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>

#include <thread>

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;
using adapters::quota;
using adapters::replica_account;
using adapters::replica_finding;
using adapters::replica_ticket;
using testing::redis_server;
using verdict = replica_ticket::verdict;

/// One replica.
class replica : public tests::event_loop {
  public:
    explicit replica(const redis_server& redis, const std::string& name = "here")
        : redis_(io.get_executor(), std::to_string(redis.port())),
          place_{redis_.settings, redis_.addresses, nullptr, observer, name},
          store(place_) {
        redis_.settings.timeout = 1s;
        store.open(io.get_executor(), sweeper);
        REQUIRE(run_until([this] { return observer.readies > 0; }));
    }
    ~replica() {
        store.close();
        run_what_is_ready();
    }

    template<class T>
    T finish(awaitable<T> work, asio::cancellation_signal* stop = nullptr) {
        std::optional<T> outcome;
        bool ended = false;
        auto done = [&](const std::exception_ptr&, T returned) {
            outcome = std::move(returned);
            ended = true;
        };
        asio::cancellation_signal none;
        asio::co_spawn(io, std::move(work),
                       asio::bind_cancellation_slot((stop ? *stop : none).slot(), std::move(done)));
        if (stop != nullptr) {
            io.restart();
            io.poll_one();
            stop->emit(asio::cancellation_type::terminal);
        }
        REQUIRE(run_until([&] { return ended; }));
        return *std::move(outcome);
    }
    replica_ticket take(const replica_account& account) {
        return finish(store.take(account, steady_clock::now() + 5s));
    }
    /// How many of `tries` calls are granted.
    int take(const replica_account& account, int tries) {
        int granted = 0;
        for (int i = 0; i < tries; ++i)
            granted += take(account).is == verdict::granted;
        return granted;
    }
    replica_finding find(const std::string& key, bool wanted = true) {
        return finish(store.find("mine-1", key, wanted, steady_clock::now() + 5s));
    }
    void keep(const std::string& key, const std::string& generation, std::string_view body,
              std::chrono::milliseconds age = 0ms, std::chrono::milliseconds ttl = 10min) {
        store.keep("mine-1", key, {generation, body, "a link", ttl, age});
        settle();
    }
    /// Returns when everything that was sent before has been done.
    void settle() { (void)find("nothing", false); }

    tests::counting_observer observer;

  private:
    tests::local_redis redis_;

  public:
    store::place place_;
    redis_store store;
};

}  // namespace

TEST_CASE("two replicas take from one account, and a refusal says when the first call comes back") {
    const redis_server redis;
    replica one{redis};
    replica other{redis};
    const replica_account account{"mine-1", quota{5, 60s}};
    CHECK(one.take(account, 3) == 3);
    CHECK(other.take(account, 3) == 2);
    const auto refused = one.take(account);
    CHECK(refused.is == verdict::refused);
    CHECK(refused.wait > 55s);
    CHECK(refused.wait <= 62s);
    CHECK(one.take({"another-1", quota{5, 60s}}, 1) == 1);
    // Nothing of it stays for ever.
    const int left = std::stoi(redis.ask({"PTTL", "rollcall:{mine-1}:quota"}));
    CHECK(left > 60'000);
    CHECK(left < 70'000);
}

TEST_CASE("what is given back can be taken again, by whomever, once") {
    const redis_server redis;
    replica one{redis};
    replica other{redis};
    const replica_account account{"mine-1", quota{2, 60s}};
    const auto ticket = one.take(account);
    CHECK(one.take(account, 2) == 1);
    one.store.give_back(account, ticket);
    one.settle();
    CHECK(other.take(account, 2) == 1);
    for (int i = 0; i < 5; ++i)
        one.store.give_back(account, ticket);
    one.settle();
    CHECK(other.take(account, 9) == 2);
}

TEST_CASE("calls come back when the quota's time has passed, and not before") {
    const redis_server redis;
    replica one{redis};
    const replica_account account{"mine-1", quota{3, 1s}};
    std::vector<steady_clock::time_point> granted;
    const auto began = steady_clock::now();
    while (steady_clock::now() - began < 3500ms) {
        if (one.take(account).is == verdict::granted) granted.push_back(steady_clock::now());
    }
    CHECK(granted.size() >= 9);
    for (std::size_t i = 3; i < granted.size(); ++i)
        CHECK(granted[i] - granted[i - 3] >= 990ms);
}

TEST_CASE("what a provider announces, and what it refuses, holds for every replica") {
    const redis_server redis;
    replica one{redis};
    replica other{redis};
    const replica_account account{"mine-1", std::nullopt};
    CHECK(one.take(account, 3) == 3);
    one.store.announce(account, {2, 600s});
    one.settle();
    const auto ticket = other.take(account);
    CHECK(ticket.is == verdict::granted);
    CHECK(one.take(account, 3) == 1);
    other.store.give_back(account, ticket);
    other.settle();
    CHECK(one.take(account, 3) == 1);
    const auto refused = one.take(account);
    CHECK(refused.wait > 590s);
    CHECK(refused.wait <= 600s);
    // The provider may have said this before it knew of the others' calls.
    other.store.announce(account, {100, 600s});
    other.settle();
    CHECK(one.take(account).is == verdict::refused);
    // A new window of the provider's is as it says.
    other.store.announce(account, {100, 700s});
    other.settle();
    CHECK(one.take(account).is == verdict::granted);
    other.store.hold(account, 30s);
    other.settle();
    const auto held = one.take(account);
    CHECK(held.is == verdict::refused);
    CHECK(held.wait > 25s);
    CHECK(held.wait <= 30s);
}

TEST_CASE("when the clock of Redis is set back, what was taken still counts") {
    const redis_server redis;
    replica one{redis};
    const replica_account account{"mine-1", quota{5, 60s}};
    const auto ticket = one.take(account);
    redis.ask({"HSET", "rollcall:{mine-1}:quota", std::to_string(ticket.slot + 100'000), "3"});
    CHECK(one.take(account, 9) == 1);
    const auto refused = one.take(account);
    CHECK(refused.is == verdict::refused);
    CHECK(refused.wait <= 62s);
}

TEST_CASE("a call that is given up while it takes costs nothing") {
    const redis_server redis;
    replica one{redis};
    const replica_account account{"mine-1", quota{1, 60s}};
    (void)one.take({"warm-1", quota{1, 60s}});
    asio::cancellation_signal stop;
    const auto ticket = one.finish(one.store.take(account, steady_clock::now() + 5s), &stop);
    CHECK(ticket.is == verdict::cancelled);
    CHECK(one.run_until([&] { return one.take(account).is == verdict::granted; }));
}

TEST_CASE("scripts that Redis has forgotten are told it again, and the call does not notice") {
    const redis_server redis;
    replica one{redis};
    const replica_account account{"mine-1", quota{2, 60s}};
    CHECK(one.take(account, 1) == 1);
    CHECK(redis.ask({"SCRIPT", "FLUSH"}) == "OK");
    CHECK(one.take(account, 2) == 1);
}

TEST_CASE("a page is found by every replica with its age, until its time is over") {
    const redis_server redis;
    replica one{redis};
    replica other{redis};
    const auto nothing = one.find("GET /a");
    CHECK_FALSE(nothing.generation.empty());
    CHECK_FALSE(nothing.page);
    one.keep("GET /a", nothing.generation, "[1]", 4s, 10s);
    const auto found = other.find("GET /a");
    CHECK(found.generation == nothing.generation);
    REQUIRE(found.page);
    CHECK(found.page->body == "[1]");
    CHECK(found.page->link == "a link");
    CHECK(found.page->age >= 4s);
    CHECK(found.page->age < 6s);
    CHECK_FALSE(other.find("GET /b").page);
    CHECK_FALSE(other.find("GET /a", false).page);
    one.keep("GET /c", nothing.generation, "[2]", 0ms, 50ms);
    CHECK(other.run_until([&] { return !other.find("GET /c").page; }));
}

TEST_CASE("a write takes every page away, those that were asked for before it included, and the others hear of it") {
    const redis_server redis;
    replica one{redis, "one"};
    replica other{redis, "other"};
    std::vector<std::string> heard;
    int begun = 0;
    subscription listening{other.io.get_executor(),
                           other.sweeper,
                           other.place_,
                           {[&](std::string_view pages) { heard.emplace_back(pages); }, [&] { ++begun; }}};
    REQUIRE(other.run_until([&] { return begun == 1; }));
    const auto before = one.find("GET /a");
    one.keep("GET /a", before.generation, "[1]");
    REQUIRE(other.find("GET /a").page);

    std::vector<bool> told;
    one.store.wrote("mine-1", [&](bool done) { told.push_back(done); });
    CHECK(one.run_until([&] { return !told.empty(); }));
    CHECK(told == std::vector<bool>{true});
    const auto after = other.find("GET /a");
    CHECK(after.generation != before.generation);
    CHECK_FALSE(after.page);
    one.keep("GET /a", before.generation, "[1]");
    CHECK_FALSE(other.find("GET /a").page);
    one.keep("GET /a", after.generation, "[2]");
    CHECK(other.find("GET /a").page->body == "[2]");
    CHECK(other.run_until([&] { return !heard.empty(); }));
    CHECK(heard == std::vector<std::string>{"mine-1"});
    // Its own writes a process does not hear.
    other.store.wrote("mine-2", [](bool) {});
    one.store.wrote("mine-3", [](bool) {});
    one.settle();
    CHECK(other.run_until([&] { return heard.size() == 2; }));
    CHECK(heard.back() == "mine-3");
    listening.close();
}

TEST_CASE("a write that cannot be told now is told when Redis is there again") {
    redis_server redis;
    replica one{redis};
    const auto before = one.find("GET /a").generation;
    redis.kill();
    REQUIRE(one.run_until([&] { return one.observer.lost > 0; }));
    std::vector<bool> told;
    one.store.wrote("mine-1", [&](bool done) { told.push_back(done); });
    CHECK(told == std::vector<bool>{false});
    CHECK(one.find("GET /a").generation.empty());
    CHECK(one.take({"mine-1", std::nullopt}).is == verdict::unknown);
    redis.start();
    CHECK(one.run_until([&] { return told.size() == 2; }));
    CHECK(told.back());
    CHECK(one.find("GET /a").generation != before);
}

TEST_CASE("two pages whose keys Redis would confuse are told apart by their whole names") {
    const redis_server redis;
    replica one{redis};
    const auto generation = one.find("GET /a").generation;
    one.keep("GET /a", generation, "[1]");
    const std::string key = redis.ask({"KEYS", "rollcall:*:page:*"});
    redis.ask({"HSET", key, "name", "GET /b"});
    CHECK_FALSE(one.find("GET /a").page);
}

}  // namespace rollcall::store
