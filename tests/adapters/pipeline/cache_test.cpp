// When a kept answer counts, when it stands in, and when the provider is asked all the same.
#include "adapters/pipeline/cache.hpp"

#include "tests/adapters/pipeline/fakes.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::content_of;
using tests::request_for;

/// A cache layer before a provider whose next answer, or failure, the test says.
struct bench {
    explicit bench(config::provider_cache settings, std::string name = "one")
        : provider(std::move(name)), settings(settings) {}

    result<answer> ask(const std::string& target, bool fresh = false) {
        request request = request_for(target);
        request.fresh = fresh;
        return tests::run(layer, request);
    }

    std::string provider;
    config::provider_cache settings;
    result<answer> says = answer{content_of("first")};
    page_cache cache{1 << 20};
    std::atomic<std::uint64_t> writes{0};
    tests::counting_observer observer;
    tests::scripted_layer next{[this](const request&) { return says; }};
    cache_layer layer{next, cache, writes, provider, settings, observer};
};

failure failing(fault kind = fault::timeout) {
    return {kind, "it failed"};
}

}  // namespace

TEST_CASE("an answer is fresh until its life is over, and then given for as long again as a new one may take") {
    const config::provider_cache settings{.ttl = 10s, .stale_while_revalidate = 1min};
    CHECK(judge_age(0s, settings) == freshness::fresh);
    CHECK(judge_age(-1s, settings) == freshness::fresh);
    CHECK(judge_age(10s - 1ns, settings) == freshness::fresh);
    CHECK(judge_age(10s, settings) == freshness::old);
    CHECK(judge_age(70s - 1ns, settings) == freshness::old);
    CHECK(judge_age(70s, settings) == freshness::spent);
    const config::provider_cache never{.ttl = 10s, .stale_if_error = 5min};
    CHECK(judge_age(10s, never) == freshness::spent);
}

TEST_CASE("the time in which an answer may stand in runs from the end of its life, whatever else may be done with it") {
    for (const auto beside : {0ms, 1ms, 60'000ms, 3'600'000ms}) {
        const config::provider_cache settings{.ttl = 10s, .stale_while_revalidate = beside, .stale_if_error = 5min};
        CHECK(may_stand_in_at(0s, settings));
        CHECK(may_stand_in_at(10s, settings));
        CHECK(may_stand_in_at(5min + 10s - 1ns, settings));
        CHECK_FALSE(may_stand_in_at(5min + 10s, settings));
        const config::provider_cache never{.ttl = 10s, .stale_while_revalidate = beside, .stale_if_error = 0s};
        CHECK_FALSE(may_stand_in_at(0s, never));
    }
    const config::provider_cache longest{.ttl = 24h, .stale_if_error = 7 * 24h};
    CHECK(may_stand_in_at(8 * 24h - 1ms, longest));
}

TEST_CASE("an old answer stands in only where the provider or the way to it failed") {
    for (const fault kind : {fault::timeout, fault::unreachable, fault::rate_limited, fault::circuit_open,
                             fault::invalid_response, fault::error, fault::overloaded}) {
        CHECK(may_stand_in_for(kind));
    }
    for (const fault kind : {fault::auth_failed, fault::not_found, fault::rejected, fault::cancelled})
        CHECK_FALSE(may_stand_in_for(kind));
}

TEST_CASE("the second of two equal calls is answered from the cache") {
    bench bench{{.ttl = 1h}};
    const auto first = bench.ask("/a");
    const auto second = bench.ask("/a");
    REQUIRE(second.has_value());
    CHECK(second->content == first->content);
    CHECK_FALSE(second->stale_after);
    CHECK(bench.next.calls == 1);
    CHECK(bench.observer.count(cache_event::miss) == 1);
    CHECK(bench.observer.count(cache_event::hit) == 1);
    CHECK(bench.layer.at_hand(request_for("/a")).answer.content == first->content);
}

TEST_CASE("another target, body or provider is another call") {
    bench bench{{.ttl = 1h}};
    (void)bench.ask("/a");
    CHECK_FALSE(bench.layer.at_hand(request_for("/b")).answer.content);
    request posted = request_for("/a");
    posted.method = "POST";
    CHECK_FALSE(bench.layer.at_hand(posted).answer.content);
    posted.method = "GET";
    posted.body = "{}";
    CHECK_FALSE(bench.layer.at_hand(posted).answer.content);

    const std::string other_name = "two";
    cache_layer other{bench.next, bench.cache, bench.writes, other_name, bench.settings, bench.observer};
    CHECK_FALSE(other.at_hand(request_for("/a")).answer.content);
}

TEST_CASE("a call that wants it fresh asks the provider, and what comes is kept for the others") {
    bench bench{{.ttl = 1h}};
    (void)bench.ask("/a");
    bench.says = answer{content_of("second")};
    const auto fresh = bench.ask("/a", true);
    REQUIRE(fresh.has_value());
    CHECK(fresh->content->page.body == "second");
    CHECK(bench.next.calls == 2);
    CHECK(bench.ask("/a")->content->page.body == "second");
    CHECK(bench.next.calls == 2);
}

TEST_CASE("with a life of zero nothing is kept, and nothing stands in") {
    bench bench{{.ttl = 0s, .stale_if_error = 1h}};
    (void)bench.ask("/a");
    bench.says = failing();
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).answer.content);
    CHECK_FALSE(bench.ask("/a").has_value());
    CHECK(bench.next.calls == 2);
    const config::provider_cache longer{.ttl = 1h};
    cache_layer keeping{bench.next, bench.cache, bench.writes, bench.provider, longer, bench.observer};
    CHECK_FALSE(keeping.at_hand(request_for("/a")).answer.content);
}

TEST_CASE("an answer that is too old is asked for again") {
    bench bench{{.ttl = 10s}};
    bench.says = answer{content_of("old", steady_clock::now() - 11s)};
    (void)bench.ask("/a");
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).answer.content);
    bench.says = answer{content_of("new")};
    CHECK(bench.ask("/a")->content->page.body == "new");
    CHECK(bench.next.calls == 2);
}

TEST_CASE("an old answer stands in for a failing provider, and says why") {
    bench bench{{.ttl = 10s, .stale_if_error = 1h}};
    bench.says = answer{content_of("old", steady_clock::now() - 11s)};
    (void)bench.ask("/a");
    bench.says = failing(fault::rate_limited);
    const auto outcome = bench.ask("/a");
    REQUIRE(outcome.has_value());
    CHECK(outcome->content->page.body == "old");
    REQUIRE(outcome->stale_after);
    CHECK(outcome->stale_after->kind == fault::rate_limited);
    CHECK(bench.observer.count(cache_event::stale) == 1);
    CHECK_FALSE(bench.ask("/b").has_value());
}

TEST_CASE("an answer that is older than allowed, or not allowed at all, does not stand in") {
    const config::provider_cache cases[] = {{.ttl = 10s, .stale_if_error = 1min}, {.ttl = 1h, .stale_if_error = 0s}};
    for (const auto& settings : cases) {
        bench bench{settings};
        bench.says = answer{content_of("old", steady_clock::now() - 2min)};
        (void)bench.ask("/a");
        bench.says = failing();
        const auto outcome = bench.ask("/a", true);
        CHECK_FALSE(outcome.has_value());
        CHECK(bench.observer.count(cache_event::stale) == 0);
    }
}

TEST_CASE("no old answer stands in where the provider refuses the credential") {
    bench bench{{.ttl = 10s, .stale_if_error = 1h}};
    bench.says = answer{content_of("old", steady_clock::now() - 11s)};
    (void)bench.ask("/a");
    bench.says = failing(fault::auth_failed);
    const auto outcome = bench.ask("/a");
    REQUIRE_FALSE(outcome.has_value());
    CHECK(outcome.error().kind == fault::auth_failed);
}

TEST_CASE("what was read before a write ended is not given after it, neither fresh nor in place of a failure") {
    bench bench{{.ttl = 1h, .stale_if_error = 1h}};
    (void)bench.ask("/a");
    ++bench.writes;
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).answer.content);
    bench.says = failing();
    CHECK_FALSE(bench.ask("/a").has_value());
    CHECK_FALSE(bench.layer.stand_in(request_for("/a"), failing()).has_value());
    bench.says = answer{content_of("second")};
    CHECK(bench.ask("/a")->content->page.body == "second");
    bench.says = failing();
    CHECK(bench.ask("/a", true)->content->page.body == "second");
    CHECK(bench.observer.count(cache_event::hit) == 0);
}

TEST_CASE("what comes only after a write has ended is kept under the time when it was asked for") {
    bench bench{{.ttl = 1h, .stale_if_error = 1h}};
    tests::scripted_layer slow{[&](const request&) {
        ++bench.writes;
        return result<answer>{answer{content_of("late")}};
    }};
    cache_layer late{slow, bench.cache, bench.writes, bench.provider, bench.settings, bench.observer};
    CHECK(tests::run(late, request_for("/a"))->content->page.body == "late");
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).answer.content);
    CHECK(bench.ask("/a")->content->page.body == "first");
}

namespace {

/// A layer that has kept an old answer, which may be given for an hour while a new one is fetched.
struct old_bench : bench {
    explicit old_bench(std::chrono::milliseconds stale_if_error = 0ms)
        : bench({.ttl = 10s, .stale_while_revalidate = 1h, .stale_if_error = stale_if_error}) {
        says = answer{content_of("old", steady_clock::now() - 11s)};
        (void)ask("/a");
    }

    cache_layer::kept at_hand() { return layer.at_hand(request_for("/a")); }
    result<answer> refresh() {
        request request = request_for("/a");
        request.refresh = true;
        return tests::run(layer, request);
    }
};

}  // namespace

TEST_CASE("an old answer is given at once, and one of those who get it has to have a new one fetched") {
    old_bench bench;
    const auto first = bench.at_hand();
    REQUIRE(first.answer.content);
    CHECK(first.answer.content->page.body == "old");
    CHECK_FALSE(first.answer.stale_after);
    CHECK(first.refresh_due);
    for (int i = 0; i < 5; ++i) {
        const auto later = bench.at_hand();
        CHECK(later.answer.content == first.answer.content);
        CHECK_FALSE(later.refresh_due);
    }
    CHECK(bench.observer.count(cache_event::refreshed) == 6);
    CHECK(bench.observer.count(cache_event::hit) == 0);
    CHECK(bench.next.calls == 1);
    request fresh = request_for("/a");
    fresh.fresh = true;
    CHECK_FALSE(bench.layer.at_hand(fresh).answer.content);
}

TEST_CASE("a refresh asks the provider whatever is kept, is no miss, and its answer takes the place of the old one") {
    old_bench bench;
    for (const std::string name : {"second", "third"}) {
        bench.says = answer{content_of(name)};
        CHECK(bench.refresh().has_value());
        CHECK(bench.at_hand().answer.content->page.body == name);
        CHECK_FALSE(bench.at_hand().refresh_due);
    }
    CHECK(bench.next.calls == 3);
    CHECK(bench.observer.count(cache_event::miss) == 1);
}

TEST_CASE("where a refresh fails the old answer goes on being given, without another try at once") {
    for (const fault kind : {fault::timeout, fault::unreachable, fault::rate_limited, fault::circuit_open,
                             fault::invalid_response, fault::error, fault::overloaded, fault::cancelled}) {
        old_bench bench{1h};
        bench.says = failing(kind);
        const auto outcome = bench.refresh();
        REQUIRE(outcome.has_error());
        CHECK(outcome.error().kind == kind);
        CHECK(bench.observer.count(cache_event::stale) == 0);
        const auto kept = bench.at_hand();
        REQUIRE(kept.answer.content);
        CHECK_FALSE(kept.answer.stale_after);
        CHECK_FALSE(kept.refresh_due);
    }
}

TEST_CASE("where a refresh finds that the agent is gone or the credential withdrawn, the old answer goes too") {
    for (const fault kind : {fault::auth_failed, fault::not_found, fault::rejected}) {
        old_bench bench;
        bench.says = failing(kind);
        CHECK(bench.refresh().error().kind == kind);
        CHECK_FALSE(bench.at_hand().answer.content);
        CHECK(bench.ask("/a").error().kind == kind);
    }
}

TEST_CASE("what is too old to be given while a new one is fetched is asked for, and so is what a write has ended") {
    bench bench{{.ttl = 10s, .stale_while_revalidate = 1min}};
    bench.says = answer{content_of("old", steady_clock::now() - 71s)};
    (void)bench.ask("/a");
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).answer.content);
    old_bench written;
    ++written.writes;
    CHECK_FALSE(written.at_hand().answer.content);
    CHECK(written.observer.count(cache_event::refreshed) == 0);
}

TEST_CASE("answers that had to go are counted") {
    bench bench{{.ttl = 1h}};
    for (unsigned i = 0; i < 40; ++i) {
        bench.says = answer{content_of(std::string(50'000, 'x'))};
        (void)bench.ask("/" + std::to_string(i));
    }
    CHECK(bench.observer.count(cache_event::evicted) > 0);
}

}  // namespace rollcall::adapters
