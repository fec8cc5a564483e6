// One provider's part of a page: what is loaded, what is given, and the bookmark that stays behind in every case.
#include "gateway/roster/walk.hpp"

#include "tests/gateway/roster/fake_lists.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

const adapters::listing all{};
const failure timeout{fault::timeout, "it did not answer"};

/// A page of the list "token" with items of these ids, and the token of the next.
std::string page_json(const std::vector<std::string>& ids, const std::string& next = {}) {
    std::string json = "{\"data\":[";
    for (const std::string& id : ids)
        json += (json.back() == '[' ? "" : ",") + ("{\"id\":\"" + id + "\",\"type\":\"voice\"}");
    return json + "],\"next\":" + (next.empty() ? "null" : '"' + next + '"') + "}";
}

/// Loads the next page from text.
void load(walk& walk, const adapters::provider& provider, std::string json,
          steady_clock::time_point now = steady_clock::now()) {
    const adapters::request request = walk.next_request();
    walk.loaded({tests::content_read(provider, std::move(json))}, request, now);
}

std::string ids_of(std::span<const walk::candidate> items) {
    std::string ids;
    for (const auto& one : items)
        ids += (ids.empty() ? "" : " ") + std::string{one.content->page.native_id(*one.item)};
    return ids;
}

/// The list of agents of one type.
adapters::listing of_type(std::string_view type) {
    adapters::listing listing;
    listing.filters.types = normalizers::only(*normalizers::choice_of(normalizers::agent_types, type));
    return listing;
}

std::unique_ptr<adapters::provider> paged() {
    return tests::list_named("token", 0).configured(3);
}

}  // namespace

TEST_CASE("a provider that is not asked stays where it was") {
    const auto provider = paged();
    const bookmark from{.position = "t9", .given = 2};
    walk walk{*provider, all, from, 200};
    CHECK(walk.capacity() == UINT32_MAX);
    CHECK(walk.take(0).empty());
    CHECK(walk.bookmark_behind().position == "t9");
    CHECK(walk.bookmark_behind().given == 2);
    CHECK_FALSE(walk.failed_with());
}

TEST_CASE("a page that is given in part is gone on with at the right item") {
    const auto provider = paged();
    walk walk{*provider, all, {}, 200};
    load(walk, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK(ids_of(walk.take(2)) == "a b");
    CHECK(walk.bookmark_behind().position == "");
    CHECK(walk.bookmark_behind().given == 2);
    CHECK(walk.bookmark_behind().trail.steps == 0);
}

TEST_CASE("a page that is given whole is left behind") {
    const auto provider = paged();
    walk walk{*provider, all, {}, 200};
    load(walk, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK(ids_of(walk.take(3)) == "a b c");
    CHECK(walk.bookmark_behind().position == "t1");
    CHECK(walk.bookmark_behind().given == 0);
    CHECK(walk.bookmark_behind().trail.steps == 1);
    CHECK_FALSE(walk.bookmark_behind().ended);
}

TEST_CASE("of a page that is longer than the client's, one more than can be given is looked at") {
    const auto provider = paged();
    walk walk{*provider, all, {}, 2};
    load(walk, *provider, page_json({"a", "b", "c", "d", "e"}));
    CHECK(walk.available() == 3);
    CHECK(ids_of(walk.take(2)) == "a b");
    CHECK(walk.bookmark_behind().given == 2);
    CHECK_FALSE(walk.bookmark_behind().ended);
}

TEST_CASE("the last item of the last page is the end, and no item before it") {
    const auto provider = paged();
    for (const std::uint32_t taken : {0U, 1U, 2U, 3U}) {
        walk walk{*provider, all, {}, 200};
        load(walk, *provider, page_json({"a", "b", "c"}));
        CHECK(walk.capacity() == 3);
        (void)walk.take(taken);
        CHECK(walk.bookmark_behind().ended == (taken == 3));
    }
}

TEST_CASE("after a failure what was loaded before it is given, and the list goes on right behind") {
    const auto provider = paged();
    walk walk{*provider, all, {}, 200};
    load(walk, *provider, page_json({"a", "b", "c"}, "t1"));
    walk.failed(timeout);
    CHECK_FALSE(walk.can_load());
    CHECK(walk.capacity() == 3);
    CHECK(ids_of(walk.take(3)) == "a b c");
    CHECK(walk.bookmark_behind().position == "t1");
    CHECK(walk.failed_with()->kind == fault::timeout);
}

TEST_CASE("a failure before anything was loaded changes nothing") {
    const auto provider = paged();
    bookmark from{.position = "t1", .given = 2};
    from.trail.step("t1");
    walk walk{*provider, all, from, 200};
    walk.failed(timeout);
    CHECK(walk.take(5).empty());
    CHECK(walk.bookmark_behind().position == "t1");
    CHECK(walk.bookmark_behind().given == 2);
    CHECK(walk.bookmark_behind().trail.recent == from.trail.recent);
}

TEST_CASE("where a page has become smaller than what was given of it, the rest was given from the next") {
    const auto provider = paged();
    walk walk{*provider, all, {.position = "", .given = 5}, 200};
    load(walk, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK(walk.available() == 0);

    SUBCASE("and the next one comes") {
        load(walk, *provider, page_json({"d", "e", "f"}, "t2"));
        CHECK(ids_of(walk.take(9)) == "f");
        CHECK(walk.bookmark_behind().position == "t2");
    }
    SUBCASE("and the next one fails") {
        walk.failed(timeout);
        CHECK(walk.take(9).empty());
        CHECK(walk.bookmark_behind().position == "t1");
        CHECK(walk.bookmark_behind().given == 2);
    }
}

TEST_CASE("where a smaller page leads nowhere, nothing of what was given is forgotten") {
    const auto provider = paged();
    bookmark from{.position = "t1", .given = 5};
    from.trail.step("t1");
    walk walk{*provider, all, from, 200};
    load(walk, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK(walk.take(9).empty());
    CHECK(walk.failed_with()->kind == fault::invalid_response);
    CHECK(walk.bookmark_behind().position == "t1");
    CHECK(walk.bookmark_behind().given == 5);
}

TEST_CASE("a circle is told only when the items before it have been given") {
    const auto provider = paged();
    bookmark from{.position = "t1"};
    from.trail.step("t1");

    walk early{*provider, all, from, 200};
    load(early, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK_FALSE(early.can_load());
    CHECK(ids_of(early.take(2)) == "a b");
    CHECK_FALSE(early.failed_with());

    walk late{*provider, all, early.bookmark_behind(), 200};
    load(late, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK(ids_of(late.take(2)) == "c");
    CHECK(late.failed_with()->kind == fault::invalid_response);
    CHECK_FALSE(late.bookmark_behind().ended);

    // Once the provider leads on properly, so does the walk, without a repetition.
    walk recovered{*provider, all, late.bookmark_behind(), 200};
    load(recovered, *provider, page_json({"a", "b", "c"}, "t2"));
    load(recovered, *provider, page_json({"d"}));
    CHECK(ids_of(recovered.take(9)) == "d");
    CHECK(recovered.bookmark_behind().ended);
}

TEST_CASE("hidden items before the bookmark count as given, and hidden pages are left behind") {
    const auto provider = paged();
    const adapters::listing chats = of_type("chat");
    const auto mixed = [](std::string_view first, std::string_view second) {
        return "{\"data\":[{\"id\":\"v\",\"type\":\"voice\"},{\"id\":\"" + std::string{first} +
               "\",\"type\":\"chat\"},{\"id\":\"" + std::string{second} + "\",\"type\":\"chat\"}],\"next\":\"t2\"}";
    };
    walk walk{*provider, chats, {}, 200};
    load(walk, *provider, page_json({"a", "b", "c"}, "t1"));
    CHECK(walk.available() == 0);
    CHECK(walk.take(0).empty());
    CHECK(walk.bookmark_behind().position == "t1");
    load(walk, *provider, mixed("x", "y"));
    CHECK(ids_of(walk.take(1)) == "x");
    CHECK(walk.bookmark_behind().position == "t1");
    CHECK(walk.bookmark_behind().given == 2);
}

TEST_CASE("one page of the client loads only so many of the provider's") {
    const auto provider = paged();
    const adapters::listing none = of_type("human");
    walk walk{*provider, none, {}, 200};
    std::size_t pages = 0;
    for (; walk.can_load(); ++pages)
        load(walk, *provider, page_json({"a"}, "t" + std::to_string(pages)));
    CHECK(pages == walk::most_pages);
    CHECK(walk.capacity() == 0);
    CHECK(walk.take(5).empty());
    CHECK_FALSE(walk.failed_with());
    CHECK(walk.bookmark_behind().position == "t15");
    CHECK_FALSE(walk.bookmark_behind().ended);
}

TEST_CASE("the bookmark of a list without paging is the id given last, whatever else the list does") {
    const auto provider = tests::list_named("unpaged", 0).configured(1);
    walk first{*provider, all, {}, 200};
    load(first, *provider, page_json({"30", "4", "b", "100"}));
    CHECK(ids_of(first.take(2)) == "100 30");
    CHECK(first.bookmark_behind().position == "30");
    CHECK(first.bookmark_behind().given == 0);

    // An agent that was updated in between has moved to the front, one is gone, and one that was given is there twice.
    walk second{*provider, all, first.bookmark_behind(), 200};
    CHECK(second.next_request().target == "/agents");
    load(second, *provider, page_json({"b", "30", "30", "4"}));
    CHECK(ids_of(second.take(9)) == "4 b");
    CHECK(second.bookmark_behind().ended);
}

TEST_CASE("the longest id that is read makes a bookmark that fits") {
    const auto provider = tests::list_named("unpaged", 0).configured(1);
    const std::string longest(512, 'x');
    walk walk{*provider, all, {}, 200};
    load(walk, *provider, page_json({longest, longest + 'x', "y"}));
    CHECK(walk.available() == 2);
    CHECK(walk.take(1).size() == 1);
    CHECK(walk.bookmark_behind().position == longest);
}

TEST_CASE("the age of a part is that of its oldest page, and an old answer is told") {
    const auto provider = paged();
    walk walk{*provider, all, {}, 200};
    const auto now = steady_clock::now() + 1h;
    load(walk, *provider, page_json({"a"}, "t1"), now);
    CHECK(walk.age() > 59min);
    CHECK_FALSE(walk.stale_after());
    const adapters::request request = walk.next_request();
    walk.loaded({tests::content_read(*provider, page_json({"b"})), failure{fault::unreachable, "no route"}}, request,
                steady_clock::now());
    CHECK(walk.age() > 59min);
    REQUIRE(walk.stale_after());
    CHECK(walk.stale_after()->kind == fault::unreachable);
    CHECK_FALSE(walk.failed_with());
}

}  // namespace rollcall::gateway
