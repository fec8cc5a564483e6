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

TEST_CASE("an answer is fresh until its life is over, and stands in for as long again as is allowed") {
    const config::provider_cache settings{.ttl = 10s, .stale_if_error = 5min};
    CHECK(judge_age(0s, settings) == freshness::fresh);
    CHECK(judge_age(-1s, settings) == freshness::fresh);
    CHECK(judge_age(10s - 1ns, settings) == freshness::fresh);
    CHECK(judge_age(10s, settings) == freshness::stand_in);
    CHECK(judge_age(5min + 10s - 1ns, settings) == freshness::stand_in);
    CHECK(judge_age(5min + 10s, settings) == freshness::spent);

    const config::provider_cache never{.ttl = 10s, .stale_if_error = 0s};
    CHECK(judge_age(10s, never) == freshness::spent);
    const config::provider_cache longest{.ttl = 24h, .stale_if_error = 7 * 24h};
    CHECK(judge_age(8 * 24h - 1ms, longest) == freshness::stand_in);
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
    CHECK(bench.layer.at_hand(request_for("/a")).content == first->content);
}

TEST_CASE("another target, body or provider is another call") {
    bench bench{{.ttl = 1h}};
    (void)bench.ask("/a");
    CHECK_FALSE(bench.layer.at_hand(request_for("/b")).content);
    request posted = request_for("/a");
    posted.method = "POST";
    CHECK_FALSE(bench.layer.at_hand(posted).content);
    posted.method = "GET";
    posted.body = "{}";
    CHECK_FALSE(bench.layer.at_hand(posted).content);

    const std::string other_name = "two";
    cache_layer other{bench.next, bench.cache, bench.writes, other_name, bench.settings, bench.observer};
    CHECK_FALSE(other.at_hand(request_for("/a")).content);
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
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).content);
    CHECK_FALSE(bench.ask("/a").has_value());
    CHECK(bench.next.calls == 2);
    const config::provider_cache longer{.ttl = 1h};
    cache_layer keeping{bench.next, bench.cache, bench.writes, bench.provider, longer, bench.observer};
    CHECK_FALSE(keeping.at_hand(request_for("/a")).content);
}

TEST_CASE("an answer that is too old is asked for again") {
    bench bench{{.ttl = 10s}};
    bench.says = answer{content_of("old", steady_clock::now() - 11s)};
    (void)bench.ask("/a");
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).content);
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
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).content);
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
    CHECK_FALSE(bench.layer.at_hand(request_for("/a")).content);
    CHECK(bench.ask("/a")->content->page.body == "first");
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
