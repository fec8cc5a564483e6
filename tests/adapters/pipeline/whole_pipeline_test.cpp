// Old answers and late calls through the whole pipeline over real sockets: what reaches the provider, and what its
// clients get meanwhile.
#include "adapters/upstream.hpp"
#include "tests/adapters/transport/scripted_server.hpp"
#include "tests/adapters/upstream_bench.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using kind = operation_kind;
using testing::peer;
using tests::pending_call;

const auto much_later = [] { return steady_clock::now() + 30s; };

/// Answers each request with an agent whose name is the request's number; those in a range may be held.
class numbering_service {
  public:
    void operator()(peer& peer, unsigned) {
        for (std::string request = peer.read_request(); !request.empty(); request = peer.read_request()) {
            const unsigned number = ++requests;
            {
                std::unique_lock lock{mutex_};
                changed_.wait(lock, [&] { return number < held_from_ || number > held_to_; });
            }
            const std::string body = R"({"id":"x","name":"v)" + std::to_string(number) + "\"}";
            const unsigned said = status;
            peer.send("HTTP/1.1 " + std::to_string(said) + " Any\r\nContent-Length: " + std::to_string(body.size()) +
                      "\r\n\r\n" + body);
        }
        ++ended;
    }

    void hold(unsigned from, unsigned to) {
        const std::lock_guard lock{mutex_};
        held_from_ = from;
        held_to_ = to;
    }
    void release() {
        const std::lock_guard lock{mutex_};
        held_from_ = held_to_ = 0;
        changed_.notify_all();
    }

    std::atomic<unsigned> requests{0};
    std::atomic<unsigned> ended{0};  ///< connections
    std::atomic<unsigned> status{200};

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    unsigned held_from_ = 0;
    unsigned held_to_ = 0;
};

struct options {
    config::provider_cache cache{.ttl = 0s};
    bool hedging = false;
};

/// The provider with those options, and what its threads share.
struct provider_bench {
    explicit provider_bench(const options& options)
        : shared(server.port()), provider(tests::made_with(tests::everything(), settings_of(options))) {}
    ~provider_bench() { service.release(); }

    config::provider settings_of(const options& options) const {
        config::provider settings = shared.provider.settings();
        settings.cache = options.cache;
        settings.hedging = options.hedging;
        return settings;
    }
    shared_upstream parts() {
        const shared_upstream parts = shared.parts();
        return {provider,      parts.addresses,    parts.tls,   parts.flights, parts.quota,
                parts.breaker, parts.retry_budget, parts.cache, parts.writes,  parts.observer};
    }
    request get(const char* id = "x") const { return provider.call_request(kind::get, {.native_id = id}); }

    numbering_service service;
    testing::scripted_server server{[this](peer& peer, unsigned number) { service(peer, number); }};
    tests::shared_bench shared;
    adapters::provider provider;
};

/// One thread of it, driven by hand.
struct thread {
    explicit thread(provider_bench& bench)
        : bench(bench), upstream(bench.parts(), {io.get_executor(), sweeps, reader, random}) {}

    void begin(pending_call& pending, awaitable<result<answer>> call) {
        asio::co_spawn(io, std::move(call),
                       asio::bind_cancellation_slot(
                           pending.gone.slot(), [&pending](const std::exception_ptr& thrown, result<answer> returned) {
                               if (!thrown) pending.outcome = std::move(returned);
                               pending.ended = true;
                           }));
    }
    template<class Condition>
    void run_until(Condition done) {
        const deadline limit = much_later();
        while (!done() && steady_clock::now() < limit) {
            io.restart();
            io.poll();
        }
        REQUIRE(done());
    }
    result<answer> finish(pending_call& pending) {
        run_until([&] { return pending.ended; });
        REQUIRE(pending.outcome);
        return *pending.outcome;
    }
    result<answer> read(const request& request) {
        pending_call one;
        begin(one, upstream.call(request, much_later()));
        return finish(one);
    }
    /// Waits for what is kept to be old, and takes it.
    std::string old_answer() {
        answer kept;
        const unsigned before = bench.shared.observer.count(cache_event::refreshed);
        run_until([&] {
            kept = upstream.at_hand(bench.get());
            return bench.shared.observer.count(cache_event::refreshed) > before;
        });
        return name_in(answer{kept});
    }
    static std::string name_in(const result<answer>& outcome) {
        REQUIRE(outcome.has_value());
        const normalizers::page& page = outcome->content->page;
        const std::string_view name = page.members(page.items.front(), 3, 4);
        return std::string{name.substr(8, name.size() - 9)};
    }

    provider_bench& bench;
    asio::io_context io{1};
    rollcall::sweeper sweeps{io.get_executor()};
    normalizers::reader reader;
    std::minstd_rand random{1};
    adapters::upstream upstream;
};

constexpr config::provider_cache old_for_an_hour{.ttl = 1ms, .stale_while_revalidate = 1h};

}  // namespace

TEST_CASE("an old answer is given at once on every thread, while one call fetches a new one") {
    provider_bench bench{{.cache = old_for_an_hour}};
    thread one{bench};
    thread two{bench};
    CHECK(thread::name_in(one.read(bench.get())) == "v1");
    bench.service.hold(2, 2);
    CHECK(one.old_answer() == "v1");
    one.run_until([&] { return bench.service.requests == 2; });
    for (thread* const each : {&two, &one, &two}) {
        CHECK(each->old_answer() == "v1");
        CHECK(thread::name_in(each->read(bench.get())) == "v1");
    }
    CHECK(bench.service.requests == 2);
    bench.service.release();
    one.run_until([&] { return thread::name_in(answer{one.upstream.at_hand(bench.get())}) != "v1"; });
    CHECK(bench.shared.observer.count(cache_event::miss) == 1);
    CHECK(bench.shared.observer.count(cache_event::stale) == 0);
}

TEST_CASE("a refresh that fails shows to nobody, and is not begun anew by each who asks") {
    provider_bench bench{{.cache = old_for_an_hour}};
    thread one{bench};
    (void)one.read(bench.get());
    bench.service.status = 500;
    CHECK(one.old_answer() == "v1");
    one.run_until([&] { return bench.shared.observer.exchanges == 2; });
    const auto until = steady_clock::now() + cache_layer::refresh_pause / 4;
    while (steady_clock::now() < until) {
        const auto outcome = one.read(bench.get());
        CHECK(thread::name_in(outcome) == "v1");
        CHECK_FALSE(outcome->stale_after);
    }
    CHECK(bench.service.requests == 2);
    // After its pause it is tried again.
    bench.service.status = 200;
    one.run_until([&] { return thread::name_in(one.read(bench.get())) != "v1"; });
}

TEST_CASE("a write during a refresh ends the old answer and what the refresh brings") {
    provider_bench bench{{.cache = old_for_an_hour}};
    thread one{bench};
    (void)one.read(bench.get());
    bench.service.hold(2, 2);
    CHECK(one.old_answer() == "v1");
    one.run_until([&] { return bench.service.requests == 2; });
    ++bench.shared.writes;
    CHECK_FALSE(one.upstream.at_hand(bench.get()).content);
    CHECK(thread::name_in(one.read(bench.get())) == "v3");
    bench.service.release();
    one.run_until([&] { return bench.shared.observer.exchanges == 3; });
    CHECK(one.old_answer() == "v3");
}

TEST_CASE("who asks for it afresh while a refresh is under way gets an answer of its own") {
    provider_bench bench{{.cache = old_for_an_hour}};
    thread one{bench};
    (void)one.read(bench.get());
    bench.service.hold(2, 2);
    CHECK(one.old_answer() == "v1");
    one.run_until([&] { return bench.service.requests == 2; });
    request afresh = bench.get();
    afresh.fresh = true;
    CHECK(thread::name_in(one.read(afresh)) == "v3");
    CHECK(bench.service.requests == 3);
}

TEST_CASE("a refresh is broken off with its event loop, and another thread's begins anew") {
    provider_bench bench{{.cache = old_for_an_hour}};
    thread two{bench};
    {
        thread one{bench};
        (void)one.read(bench.get());
        bench.service.hold(2, 2);
        CHECK(one.old_answer() == "v1");
        one.run_until([&] { return bench.service.requests == 2; });
    }
    bench.service.release();
    two.run_until([&] { return thread::name_in(two.read(bench.get())) == "v3"; });
}

TEST_CASE("a late call is made once more over another connection, and the one that lost is closed") {
    provider_bench bench{{.hedging = true}};
    thread one{bench};
    for (int i = 0; i < 20; ++i)
        CHECK(one.read(bench.get()).has_value());
    REQUIRE(bench.server.connections() == 1);
    bench.service.hold(21, 21);
    CHECK(thread::name_in(one.read(bench.get())) == "v22");
    CHECK(bench.shared.observer.hedges_won == 1);
    CHECK(bench.server.connections() == 2);
    bench.service.release();
    one.run_until([&] { return bench.service.ended == 1; });
    CHECK(bench.shared.parts().breaker.state() == breaker_state::closed);
}

TEST_CASE("without hedging a late call is waited for") {
    provider_bench bench{{}};
    thread one{bench};
    for (int i = 0; i < 20; ++i)
        CHECK(one.read(bench.get()).has_value());
    bench.service.hold(21, 21);
    pending_call late;
    const request get = bench.get();
    one.begin(late, one.upstream.call(get, much_later()));
    one.run_until([&] { return bench.service.requests == 21; });
    for (const auto until = steady_clock::now() + 50ms; steady_clock::now() < until;)
        one.io.poll();
    CHECK(bench.service.requests == 21);
    bench.service.release();
    CHECK(thread::name_in(one.finish(late)) == "v21");
}

TEST_CASE("where the last who waits leaves, both attempts of its call end") {
    provider_bench bench{{.hedging = true}};
    thread one{bench};
    for (int i = 0; i < 20; ++i)
        CHECK(one.read(bench.get()).has_value());
    bench.service.hold(21, 22);
    pending_call late;
    const request get = bench.get();
    one.begin(late, one.upstream.call(get, much_later()));
    one.run_until([&] { return bench.service.requests == 22; });
    late.gone.emit(asio::cancellation_type::terminal);
    one.run_until([&] { return bench.shared.observer.exchanges == 22; });
    bench.service.release();
    one.run_until([&] { return bench.service.ended == 2; });
    CHECK(bench.shared.observer.hedges_won == 0);
}

}  // namespace rollcall::adapters
