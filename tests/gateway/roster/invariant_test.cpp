// The promise of the merged list: walking the cursor to its end gives every agent of every provider exactly once, in
// its provider's order, whatever the sizes, the styles and the failures on the way.
#include "gateway/roster/roster.hpp"
#include "gateway/roster/shares.hpp"
#include "tests/gateway/roster/fake_lists.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using providers = std::vector<std::unique_ptr<adapters::provider>>;

cursor_codec codec{secret{"a secret of sixteen bytes or more"}, 72h};
const system_clock::time_point now{std::chrono::seconds{1'800'000'000}};
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr unsigned sizes[] = {2, 7, 50};  // these builds are ten times as slow, and look for other faults
#else
constexpr unsigned sizes[] = {1, 2, 3, 7, 50, 100};
#endif

/// Does the next call to a provider fail?
using weather = std::function<bool()>;
const weather always_fair = [] { return false; };

/// One walk over the lists: the roster's rounds with the lists in place of the pipeline.
class walker {
  public:
    walker(std::vector<tests::fake_list>& lists, adapters::filters filters) : lists_(lists) {
        listing_.filters = std::move(filters);
    }

    /// One page from the cursor, through its text.
    roster_page page(const providers& providers, const std::string& cursor, std::uint32_t limit, const weather& fails) {
        bookmarks marks;
        if (!cursor.empty()) marks = std::get<bookmarks>(codec.unpack(cursor, "filters", now));
        roster_page page;
        for (const auto& provider : providers)
            page.parts.push_back(begin(*provider, marks, limit));
        const std::vector<std::uint32_t> shares = fill(page, limit, fails);
        for (std::size_t i = 0; i < page.parts.size(); ++i) {
            provider_part& part = page.parts[i];
            if (!part.walk) continue;
            part.items = part.walk->take(shares[i]);
            part.behind = part.walk->bookmark_behind();
            page.count += static_cast<std::uint32_t>(part.items.size());
        }
        return page;
    }

  private:
    provider_part begin(const adapters::provider& provider, const bookmarks& marks, std::uint32_t limit) {
        provider_part part;
        part.provider = &provider;
        if (const auto mark = marks.find(provider.name()); mark != marks.end()) part.behind = mark->second;
        if (!provider.can_match(listing_.filters)) {
            part.state = provider_part::state::skipped;
        } else if (part.behind.ended) {
            part.state = provider_part::state::exhausted;
        } else {
            part.walk.emplace(provider, listing_, part.behind, limit);
        }
        return part;
    }

    std::vector<std::uint32_t> fill(roster_page& page, std::uint32_t limit, const weather& fails) {
        for (;;) {
            std::vector<std::uint32_t> capacity;
            for (const provider_part& part : page.parts)
                capacity.push_back(part.walk ? part.walk->capacity() : 0);
            const std::vector<std::uint32_t> shares = divide(limit, capacity);
            bool settled = true;
            for (std::size_t i = 0; i < page.parts.size(); ++i) {
                auto& walk = page.parts[i].walk;
                while (walk && walk->available() < shares[i] && walk->can_load())
                    load(*walk, *page.parts[i].provider, lists_[i], fails);
                settled = settled && (!walk || walk->available() >= shares[i]);
            }
            if (settled) return shares;
        }
    }

    static void load(walk& walk, const adapters::provider& provider, tests::fake_list& list, const weather& fails) {
        const adapters::request request = walk.next_request();
        if (fails()) {
            walk.failed({fault::timeout, "it did not answer"});
        } else {
            walk.loaded(list.answer(provider, request), request, steady_clock::now());
        }
    }

    std::vector<tests::fake_list>& lists_;
    adapters::listing listing_;
};

std::vector<tests::fake_list> every_list(unsigned seed) {
    std::vector<tests::fake_list> lists;
    constexpr unsigned counts[] = {23, 0, 1, 14, 31, 7, 12, 18, 5, 24, 100};
    for (const tests::list_kind& kind : tests::all_kinds()) {
        lists.emplace_back(kind, tests::some_agents(kind, counts[(lists.size() + seed) % std::size(counts)]));
    }
    return lists;
}

providers configured(const std::vector<tests::fake_list>& lists, unsigned page_size) {
    providers all;
    for (const tests::fake_list& list : lists)
        all.push_back(list.configured(page_size));
    return all;
}

/// Everything that a walk gives, provider by provider. `limit_of` and `providers_of` are asked anew for each page.
std::vector<std::vector<std::string>> walked(std::vector<tests::fake_list>& lists, const adapters::filters& filters,
                                             const std::function<const providers&()>& providers_of,
                                             const std::function<std::uint32_t()>& limit_of, const weather& fails) {
    std::vector<std::vector<std::string>> given(lists.size());
    walker walker{lists, filters};
    std::string cursor;
    for (unsigned pages = 0;; ++pages) {
        REQUIRE(pages < 20'000);
        const std::uint32_t limit = limit_of();
        const roster_page page = walker.page(providers_of(), cursor, limit, fails);
        REQUIRE(page.count <= limit);
        if (page.lost()) continue;  // an error: the client sends the same cursor again
        for (std::size_t i = 0; i < page.parts.size(); ++i) {
            for (const auto& candidate : page.parts[i].items)
                given[i].emplace_back(candidate.content->page.native_id(*candidate.item));
        }
        if (!page.has_more()) return given;
        cursor = codec.pack(page.bookmarks(), "filters", now);
    }
}

void check_complete(const std::vector<tests::fake_list>& lists, const adapters::filters& filters,
                    const std::vector<std::vector<std::string>>& given) {
    for (std::size_t i = 0; i < lists.size(); ++i) {
        CAPTURE(lists[i].kind().name);
        REQUIRE(given[i] == lists[i].expected(filters));
    }
}

normalizers::choice_set types(std::initializer_list<std::string_view> names) {
    normalizers::choice_set set = 0;
    for (const auto name : names)
        set |= normalizers::only(*normalizers::choice_of(normalizers::agent_types, name));
    return set;
}

const std::vector<adapters::filters> some_filters = {
    {},
    {types({"voice"}), 0, {}},
    {types({"voice", "human"}), 0, {}},
    {0, normalizers::only(0), {}},
    {0, 0, {"even"}},
    {types({"chat"}), 0, {"even", "third"}},
    {0, 0, {"nobody has it"}},
};

}  // namespace

TEST_CASE("every agent exactly once, for every limit from 1 to 200 and every page size, in every style") {
    for (const unsigned size : sizes) {
        auto lists = every_list(size);
        const providers all = configured(lists, size);
        for (std::uint32_t limit = 1; limit <= 200; ++limit) {
            CAPTURE(size);
            CAPTURE(limit);
            check_complete(
                lists, {},
                walked(
                    lists, {}, [&]() -> const providers& { return all; }, [&] { return limit; }, always_fair));
        }
    }
}

TEST_CASE("every agent exactly once, though providers fail and recover in between") {
    std::minstd_rand random{20'260'101};
    for (const unsigned size : sizes) {
        auto lists = every_list(size + 3);
        const providers all = configured(lists, size);
        for (std::uint32_t limit = 1; limit <= 200; limit += limit < 12 ? 1 : 17) {
            for (const unsigned failing_of_ten : {1U, 5U}) {
                CAPTURE(size);
                CAPTURE(limit);
                CAPTURE(failing_of_ten);
                const weather changing = [&] { return random() % 10 < failing_of_ten; };
                check_complete(
                    lists, {},
                    walked(
                        lists, {}, [&]() -> const providers& { return all; }, [&] { return limit; }, changing));
            }
        }
    }
}

TEST_CASE("every agent that passes the filters exactly once, pushed down or not, failing or not") {
    std::minstd_rand random{5};
    const weather changing = [&] { return random() % 4 == 0; };
    for (const adapters::filters& filters : some_filters) {
        for (const unsigned size : sizes) {
            auto lists = every_list(size + 5);
            const providers all = configured(lists, size);
            for (const std::uint32_t limit : {1U, 2U, 5U, 13U, 50U, 200U}) {
                CAPTURE(size);
                CAPTURE(limit);
                check_complete(
                    lists, filters,
                    walked(
                        lists, filters, [&]() -> const providers& { return all; }, [&] { return limit; }, always_fair));
                check_complete(
                    lists, filters,
                    walked(
                        lists, filters, [&]() -> const providers& { return all; }, [&] { return limit; }, changing));
            }
        }
    }
}

TEST_CASE(
    "every agent exactly once, though the client changes its limit and the operator the page sizes in the middle") {
    std::minstd_rand random{9};
    for (unsigned round = 0; round < 60; ++round) {
        auto lists = every_list(round);
        std::vector<providers> settings;
        for (const unsigned size : sizes)
            settings.push_back(configured(lists, size));
        const adapters::filters& filters = some_filters[round % some_filters.size()];
        const weather changing = [&] { return random() % 5 == 0; };
        CAPTURE(round);
        check_complete(lists, filters,
                       walked(
                           lists, filters, [&]() -> const providers& { return settings[random() % settings.size()]; },
                           [&]() -> std::uint32_t { return 1 + random() % 40; }, changing));
    }
}

TEST_CASE("each style alone is walked to its end, and has nothing more only there") {
    for (const tests::list_kind& kind : tests::all_kinds()) {
        for (const unsigned count : {0U, 1U, 6U, 7U, 12U, 40U}) {
            std::vector<tests::fake_list> lists;
            lists.emplace_back(kind, tests::some_agents(kind, count));
            for (const unsigned size : sizes) {
                const providers all = configured(lists, size);
                for (const std::uint32_t limit : {1U, 3U, 6U, 7U, 39U, 40U, 41U, 200U}) {
                    CAPTURE(kind.name);
                    CAPTURE(count);
                    CAPTURE(size);
                    CAPTURE(limit);
                    check_complete(
                        lists, {},
                        walked(
                            lists, {}, [&]() -> const providers& { return all; }, [&] { return limit; }, always_fair));
                }
            }
        }
    }
}

TEST_CASE("a page is filled in equal shares from all that have more") {
    auto lists = every_list(0);
    const providers all = configured(lists, 50);
    walker walker{lists, {}};
    const roster_page page = walker.page(all, "", 26, always_fair);
    CHECK(page.count == 26);
    for (std::size_t i = 0; i < lists.size(); ++i) {
        const std::size_t has = lists[i].expected({}).size();
        CHECK(page.parts[i].items.size() >= std::min<std::size_t>(has, 2));
    }
}

TEST_CASE("the same cursor gives the same page again") {
    auto lists = every_list(2);
    std::erase_if(lists, [](const tests::fake_list& list) { return list.kind().changes_between; });
    const providers all = configured(lists, 7);
    walker walker{lists, {}};
    const std::string cursor = codec.pack(walker.page(all, "", 30, always_fair).bookmarks(), "filters", now);
    const auto shown = [](const roster_page& page) {
        std::string text;
        for (const auto& part : page.parts) {
            for (const auto& candidate : part.items)
                text +=
                    part.provider->name() + ':' + std::string{candidate.content->page.native_id(*candidate.item)} + ' ';
        }
        return text;
    };
    CHECK(shown(walker.page(all, cursor, 30, always_fair)) == shown(walker.page(all, cursor, 30, always_fair)));
}

TEST_CASE("a provider that fails keeps its place, and one that never answers does not hold up the others") {
    auto lists = every_list(1);
    const providers all = configured(lists, 7);
    walker walker{lists, {}};
    // The first to be asked fails always; all else is walked to its end and then the page is lost.
    std::vector<std::size_t> given(lists.size(), 0);
    std::string cursor;
    for (unsigned pages = 0;; ++pages) {
        REQUIRE(pages < 1000);
        bool first = true;
        const weather one_down = [&] { return std::exchange(first, false); };
        const roster_page page = walker.page(all, cursor, 20, one_down);
        CHECK(page.parts[0].items.empty());
        CHECK(page.parts[0].failed());
        CHECK(page.parts[0].has_more());
        CHECK(page.has_more());
        if (page.lost()) break;
        for (std::size_t i = 0; i < page.parts.size(); ++i)
            given[i] += page.parts[i].items.size();
        cursor = codec.pack(page.bookmarks(), "filters", now);
    }
    for (std::size_t i = 1; i < lists.size(); ++i)
        CHECK(given[i] == lists[i].expected({}).size());
    // It recovers, and everything of it comes.
    std::size_t late = 0;
    for (bool more = true; more;) {
        const roster_page page = walker.page(all, cursor, 20, always_fair);
        late += page.parts[0].items.size();
        more = page.has_more();
        if (more) cursor = codec.pack(page.bookmarks(), "filters", now);
    }
    CHECK(late == lists[0].expected({}).size());
}

TEST_CASE("a cursor of a provider that is no longer configured goes on with the others") {
    auto lists = every_list(4);
    providers all = configured(lists, 7);
    std::vector<std::vector<std::string>> given(lists.size());
    walker before{lists, {}};
    const roster_page first = before.page(all, "", 30, always_fair);
    for (std::size_t i = 0; i < lists.size(); ++i) {
        for (const auto& candidate : first.parts[i].items)
            given[i].emplace_back(candidate.content->page.native_id(*candidate.item));
    }
    std::string cursor = codec.pack(first.bookmarks(), "filters", now);

    lists.erase(lists.begin());
    all.erase(all.begin());
    given.erase(given.begin());
    walker after{lists, {}};
    for (bool more = true; more;) {
        const roster_page page = after.page(all, cursor, 30, always_fair);
        for (std::size_t i = 0; i < lists.size(); ++i) {
            for (const auto& candidate : page.parts[i].items)
                given[i].emplace_back(candidate.content->page.native_id(*candidate.item));
        }
        more = page.has_more();
        if (more) cursor = codec.pack(page.bookmarks(), "filters", now);
    }
    check_complete(lists, {}, given);
}

}  // namespace rollcall::gateway
