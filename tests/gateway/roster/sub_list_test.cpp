// What belongs to one agent, walked page by page over one provider's list, in every way of paging.
#include "gateway/roster/walk.hpp"
#include "tests/gateway/roster/fake_lists.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <random>
#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

cursor_codec codec{secret{"a secret of sixteen bytes or more"}, 72h};
const system_clock::time_point now{std::chrono::seconds{1'800'000'000}};
constexpr unsigned sizes[] = {1, 2, 3, 7, 50, 100};

using weather = std::function<bool()>;  ///< does the next call fail?

adapters::listing talks_of(const std::string& agent) {
    adapters::listing listing;
    listing.operation = adapters::operation_kind::conversations;
    listing.arguments.native_id = agent;
    return listing;
}

/// One client's page: as many as can be had at `from`, up to `limit`.
struct client_page {
    std::vector<std::string> ids;
    std::vector<std::string> members;
    bookmark behind;
    bool failed = false;
};

client_page page_at(tests::fake_list& list, const adapters::provider& provider, const adapters::listing& listing,
                    bookmark from, std::uint32_t limit, const weather& fails) {
    walk walk{provider, listing, std::move(from), limit};
    while (walk.available() < limit && walk.can_load()) {
        const adapters::request request = walk.next_request();
        if (fails()) {
            walk.failed({fault::timeout, "it did not answer"});
        } else {
            walk.loaded(list.answer(provider, request), request, steady_clock::now());
        }
    }
    client_page page;
    for (const auto& candidate : walk.take(limit)) {
        const normalizers::page& read = candidate.content->page;
        page.ids.emplace_back(read.native_id(*candidate.item));
        page.members.emplace_back(read.members(*candidate.item, 0, normalizers::conversation_record.fields.size()));
    }
    page.behind = walk.bookmark_behind();
    page.failed = walk.failed_with().has_value();
    return page;
}

/// Everything that a walk gives, each bookmark taken through the text of a cursor.
std::vector<std::string> walked(tests::fake_list& list, const adapters::provider& provider,
                                const adapters::listing& listing, std::uint32_t limit, const weather& fails) {
    std::vector<std::string> given;
    bookmark from;
    for (unsigned pages = 0;; ++pages) {
        REQUIRE(pages < 20'000);
        const client_page page = page_at(list, provider, listing, from, limit, fails);
        REQUIRE(page.ids.size() <= limit);
        given.insert(given.end(), page.ids.begin(), page.ids.end());
        if (page.behind.ended) return given;
        const std::string cursor = codec.pack({{provider.name(), page.behind}}, "talks", now);
        from = std::get<bookmarks>(codec.unpack(cursor, "talks", now)).at(provider.name());
    }
}

}  // namespace

TEST_CASE("everything that belongs to an agent exactly once, for every limit and page size, in every style") {
    std::minstd_rand random{7};
    const weather fair = [] { return false; };
    const weather changing = [&] { return random() % 3 == 0; };
    const adapters::listing talks = talks_of("x/1 ü");
    for (const tests::list_kind& kind : tests::all_kinds()) {
        for (const unsigned count : {0U, 1U, 6U, 23U, 40U}) {
            tests::fake_list list{kind, tests::some_agents(kind, count)};
            for (const unsigned size : sizes) {
                const auto provider = list.configured(size);
                for (const std::uint32_t limit : {1U, 2U, 7U, 39U, 40U, 41U, 200U}) {
                    CAPTURE(kind.name);
                    CAPTURE(count);
                    CAPTURE(size);
                    CAPTURE(limit);
                    REQUIRE(walked(list, *provider, talks, limit, fair) == list.expected({}));
                    REQUIRE(walked(list, *provider, talks, limit, changing) == list.expected({}));
                }
            }
        }
    }
}

TEST_CASE("each item says whose it is, on every page of every style") {
    for (const tests::list_kind& kind : tests::all_kinds()) {
        CAPTURE(kind.name);
        tests::fake_list list{kind, tests::some_agents(kind, 15)};
        const auto provider = list.configured(3);
        for (const std::string agent : {"x", "y"}) {
            const adapters::listing talks = talks_of(agent);
            const client_page page = page_at(list, *provider, talks, {}, 200, [] { return false; });
            CHECK(page.ids.size() == list.expected({}).size());
            for (const std::string& members : page.members) {
                CHECK(members.starts_with("\"id\":\"" + kind.name + ':'));
                CHECK(members.find("\"agent_id\":\"" + kind.name + ':' + agent + '"') != std::string::npos);
            }
        }
    }
}

TEST_CASE("a list that fails under way gives what came before, and goes on right behind it") {
    tests::fake_list list = tests::list_named("token", 20);
    const auto provider = list.configured(3);
    const adapters::listing talks = talks_of("x");
    unsigned calls = 0;
    const client_page first = page_at(list, *provider, talks, {}, 200, [&] { return ++calls == 3; });
    CHECK(first.failed);
    CHECK_FALSE(first.behind.ended);
    const client_page rest = page_at(list, *provider, talks, first.behind, 200, [] { return false; });
    CHECK(rest.behind.ended);
    std::vector<std::string> all = first.ids;
    all.insert(all.end(), rest.ids.begin(), rest.ids.end());
    CHECK(all == list.expected({}));
}

TEST_CASE("one page of the client loads only so many of the provider's, and the next goes on") {
    tests::fake_list list = tests::list_named("token", 60);
    const auto provider = list.configured(1);
    const adapters::listing talks = talks_of("x");
    const client_page page = page_at(list, *provider, talks, {}, 200, [] { return false; });
    CHECK(list.calls == walk::most_pages);
    CHECK_FALSE(page.failed);
    CHECK_FALSE(page.behind.ended);
    CHECK(walked(list, *provider, talks, 200, [] { return false; }) == list.expected({}));
}

}  // namespace rollcall::gateway
