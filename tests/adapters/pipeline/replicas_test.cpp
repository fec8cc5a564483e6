// What replicas share, as the layers use it: taking and giving back, pages in place of calls, and who hears of a write.
#include "adapters/pipeline/replicas.hpp"

#include "adapters/pipeline/quota_layer.hpp"
#include "adapters/pipeline/replica_pages.hpp"
#include "tests/adapters/pipeline/fake_replicas.hpp"
#include "tests/adapters/pipeline/fakes.hpp"
#include "tests/adapters/providers.hpp"

#include <doctest/doctest.h>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::request_for;
using verdict = replica_ticket::verdict;

constexpr std::string_view body = R"({"data": [{"id": "a-1", "name": "Ann"}], "more": false})";

config::provider settings_with(std::chrono::milliseconds ttl) {
    config::provider settings = tests::settings_of("mine");
    settings.credential = secret{"key-of-the-tests"};
    settings.cache.ttl = ttl;
    return settings;
}

struct bench {
    explicit bench(std::chrono::milliseconds ttl = 10s, std::optional<adapters::quota> limit = quota{3, 60s})
        : provider(tests::made_with(tests::everything(), settings_with(ttl))),
          state(std::make_shared<replica_state>(provider, limit)),
          account(limit) {}

    result<answer> ask_quota() { return tests::run(quota_layer, request_for("/a")); }
    result<answer> ask_pages(bool fresh = false) {
        request request = request_for("/a");
        request.fresh = fresh;
        return tests::run(pages_layer, request);
    }

    adapters::provider provider;
    tests::fake_replica_store store;
    std::shared_ptr<replica_state> state;
    adapters::replicas replicas{state, store};
    shared_quota account;
    tests::counting_observer observer;
    normalizers::reader reader;
    result<answer> says = answer{tests::content_of(std::string{body})};
    tests::scripted_layer next{[this](const request&) { return says; }};
    adapters::quota_layer quota_layer{next, account, observer, &replicas};
    replica_pages_layer pages_layer{next, replicas, provider, reader, observer};
};

}  // namespace

TEST_CASE("a call that the replicas' account refuses is not made, and costs this process's account nothing") {
    bench bench;
    bench.store.ticket = {verdict::refused, 40s, 0, 0};
    const auto refused = bench.ask_quota();
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == fault::rate_limited);
    CHECK(refused.error().unsent);
    CHECK(refused.error().retry_after == 40s);
    CHECK(bench.next.calls == 0);
    CHECK(bench.observer.count(shed_reason::quota) == 1);
    CHECK(bench.account.left(steady_clock::now()) == 3);
    CHECK(bench.store.given_back.empty());
}

TEST_CASE("where the replicas' account cannot be asked, this process's decides alone") {
    bench bench;
    bench.store.ticket = {};
    for (int i = 0; i < 3; ++i)
        CHECK(bench.ask_quota().has_value());
    CHECK(bench.ask_quota().error().kind == fault::rate_limited);
    CHECK(bench.next.calls == 3);
    CHECK(bench.store.taken == 3);  // what is spent here is not asked for there
}

TEST_CASE("a process that was granted its calls by the store has none of them once more when the store is away") {
    bench bench;
    CHECK(bench.ask_quota().has_value());
    CHECK(bench.ask_quota().has_value());
    bench.store.ticket = {};
    CHECK(bench.ask_quota().has_value());
    CHECK(bench.ask_quota().has_error());
}

TEST_CASE("a call that was not sent is given back to both accounts, one that was is not") {
    bench bench;
    CHECK(bench.ask_quota().has_value());
    CHECK(bench.store.given_back.empty());
    failure unsent{fault::unreachable, "no connection"};
    unsent.unsent = true;
    bench.says = unsent;
    (void)bench.ask_quota();
    CHECK(bench.store.given_back == std::vector<std::int64_t>{7});
    CHECK(bench.account.left(steady_clock::now()) == 2);
    bench.store.ticket = {};
    (void)bench.ask_quota();
    CHECK(bench.store.given_back.size() == 1);  // nothing was taken there
}

TEST_CASE("a call that nobody waits for any more is not made") {
    bench bench;
    bench.store.ticket.is = verdict::cancelled;
    const auto outcome = bench.ask_quota();
    CHECK(outcome.error().kind == fault::cancelled);
    CHECK(bench.next.calls == 0);
    CHECK(bench.account.left(steady_clock::now()) == 3);
}

TEST_CASE("a provider's refusal holds back every replica, for an hour at most") {
    bench bench;
    failure refused{fault::rate_limited, "too often"};
    refused.retry_after = 10s;
    bench.says = refused;
    (void)bench.ask_quota();
    CHECK(bench.store.holds == std::vector<std::chrono::seconds>{10s});
}

TEST_CASE("a page of another replica is read like the provider's own, and is as old as it is") {
    bench bench;
    bench.store.pages[request_for("/a").key()] = {std::string{body}, "<x>; rel=next", 4s};
    const auto outcome = bench.ask_pages();
    REQUIRE(outcome.has_value());
    CHECK(bench.next.calls == 0);
    REQUIRE(outcome->content->page.items.size() == 1);
    CHECK(outcome->content->page.native_id(outcome->content->page.items[0]) == "a-1");
    CHECK(outcome->content->link == "<x>; rel=next");
    const auto age = steady_clock::now() - outcome->content->received_at;
    CHECK(age >= 4s);
    CHECK(age < 6s);
    CHECK(bench.observer.count(cache_event::shared) == 1);
}

TEST_CASE("what stands in the store and is no page of the provider is as good as nothing") {
    const replica_page pages[] = {{"{\"data\": [tru", "", 0s},
                                  {"{}", "", 0s},
                                  {"", "", 0s},
                                  {std::string{body}, "", 10s},
                                  {std::string{body}, "", 10min}};
    for (const replica_page& page : pages) {
        bench bench;
        bench.store.pages[request_for("/a").key()] = page;
        CHECK(bench.ask_pages().has_value());
        CHECK(bench.next.calls == 1);
        CHECK(bench.observer.count(cache_event::shared) == 0);
        // The provider's answer takes its place.
        CHECK(bench.store.pages.at(request_for("/a").key()).body == body);
    }
    bench bench;
    bench.store.pages[request_for("/a").key()] = {std::string{body}, "", -5s};
    const auto received_at = bench.ask_pages()->content->received_at;
    CHECK(received_at <= steady_clock::now());
}

TEST_CASE("what the provider answers is kept as it came, but for failures, what is too long, and what is old") {
    bench bench;
    (void)bench.ask_pages();
    CHECK(bench.store.pages.at(request_for("/a").key()).body == body);
    bench.store.pages.clear();
    bench.says = failure{fault::error, "no"};
    CHECK(bench.ask_pages().has_error());
    bench.says = answer{tests::content_of(std::string(replica_pages_layer::longest_page + 1, ' '))};
    CHECK(bench.ask_pages().has_value());
    bench.says = answer{tests::content_of(std::string{body}, steady_clock::now() - 11s)};
    CHECK(bench.ask_pages().has_value());
    CHECK(bench.store.pages.empty());
}

TEST_CASE("who wants a fresh answer is given the provider's, which all replicas have from then on") {
    bench bench;
    bench.store.pages[request_for("/a").key()] = {"old", "", 1s};
    CHECK(bench.ask_pages(true).has_value());
    CHECK(bench.next.calls == 1);
    CHECK(bench.store.pages.at(request_for("/a").key()).body == body);
}

TEST_CASE("a provider whose answers are not kept shares none") {
    bench bench{0ms};
    CHECK(bench.ask_pages().has_value());
    CHECK(bench.store.found == 0);
    CHECK(bench.store.pages.empty());
}

TEST_CASE("while the store cannot be asked, pages are the provider's") {
    bench bench;
    bench.store.answers = false;
    CHECK(bench.ask_pages().has_value());
    CHECK(bench.store.pages.empty());
}

TEST_CASE("until the others have heard of a write, the store's pages are not believed") {
    bench bench;
    bench.store.pages[request_for("/a").key()] = {std::string{body}, "", 0s};
    bench.store.answers = false;
    bench.replicas.wrote();
    CHECK(bench.replicas.owes_a_write());
    bench.store.answers = true;
    CHECK(bench.ask_pages().has_value());
    CHECK(bench.next.calls == 1);
    CHECK(bench.store.found == 0);
    bench.store.owed(true);
    CHECK_FALSE(bench.replicas.owes_a_write());
    CHECK(bench.ask_pages().has_value());
    CHECK(bench.store.found == 1);
}

TEST_CASE("a write that is told late does not take back the word of a later one") {
    bench bench;
    bench.store.answers = false;
    bench.replicas.wrote();
    const auto first = bench.store.owed;
    bench.replicas.wrote();
    first(true);
    CHECK(bench.replicas.owes_a_write());
    bench.store.owed(true);
    CHECK_FALSE(bench.replicas.owes_a_write());
    first(true);
    CHECK_FALSE(bench.replicas.owes_a_write());
}

TEST_CASE("replicas share where name, base URL, credential and quota are alike, and nowhere else") {
    const auto named = [](const std::function<void(config::provider&)>& change,
                          std::optional<quota> limit = quota{3, 60s}) {
        config::provider settings = settings_with(10s);
        change(settings);
        const provider provider = tests::made_with(tests::everything(), settings);
        const replica_state state{provider, limit};
        return std::pair{state.account.name, state.pages};
    };
    const auto as_it_is = named([](config::provider&) {});
    CHECK(as_it_is == named([](config::provider& settings) { settings.timeout = 7s; }));
    CHECK(as_it_is.first.starts_with("mine-"));
    CHECK(as_it_is.first.find("key-of") == std::string::npos);
    const auto other_quota = named([](config::provider&) {}, quota{4, 60s});
    CHECK(other_quota.first != as_it_is.first);
    CHECK(other_quota.second == as_it_is.second);
    const std::function<void(config::provider&)> changes[] = {
        [](config::provider& settings) { settings.name = "yours"; },
        [](config::provider& settings) { settings.base_url = "https://other.example"; },
        [](config::provider& settings) { settings.base_url = "https://api.example/v2"; },
        [](config::provider& settings) { settings.credential = secret{"another-key"}; },
    };
    for (const auto& change : changes) {
        const auto changed = named(change);
        CHECK(changed.first != as_it_is.first);
        CHECK(changed.second != as_it_is.second);
    }
}

}  // namespace rollcall::adapters
