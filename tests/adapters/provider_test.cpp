// The requests that a compiled provider makes: targets, bodies, filters it applies, ids in paths, and what can match.
#include "adapters/provider.hpp"

#include "tests/adapters/providers.hpp"

#include <boost/url/parse.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {
namespace {

using tests::made;
using tests::made_with;
using tests::profile_named;
using tests::settings_of;

normalizers::choice_set types(std::initializer_list<std::string_view> names) {
    normalizers::choice_set set = 0;
    for (const auto name : names)
        set |= normalizers::only(*normalizers::choice_of(normalizers::agent_types, name));
    return set;
}

normalizers::choice_set statuses(std::initializer_list<std::string_view> names) {
    normalizers::choice_set set = 0;
    for (const auto name : names)
        set |= normalizers::only(*normalizers::choice_of(normalizers::agent_statuses, name));
    return set;
}

/// The request for a page of the agents.
request page_of(const provider& provider, const position& from, const filters& filters = {}) {
    listing agents;
    agents.filters = filters;
    return provider.page_request(agents, from);
}

std::string first_target(const provider& provider, const filters& filters = {}) {
    return page_of(provider, {}, filters).target;
}

request get_of(const provider& provider, const std::string& id) {
    call_arguments arguments;
    arguments.native_id = id;
    return provider.call_request(operation_kind::get, arguments);
}

const std::map<std::string, std::string> organization{{"organization_id", "o/1 ü"}};

}  // namespace

TEST_CASE("each profile's list is asked for as its provider documents it") {
    CHECK(first_target(made("heppu")) == "/api/v1/agents?limit=100&offset=0");
    CHECK(first_target(made("converra")) == "/api/v1/agents?limit=100&offset=0");
    CHECK(first_target(made("agenthuman")) == "/v1/agents");
    CHECK(first_target(made("agenthuman", {{"path_prefix", "/api/v1"}})) == "/api/v1/agents");
    CHECK(first_target(made("agenthuman", {{"path_prefix", ""}})) == "/agents");
    CHECK(first_target(made("hyperrep", organization)) == "/api/v2/organizations/o%2F1%20%C3%BC/agents?limit=500");
    CHECK(first_target(made("freshdesk")) == "/api/v2/agents?per_page=100&page=1");
    CHECK(first_target(made("freshdesk-link")) == "/api/v2/agents?per_page=100");
    CHECK(first_target(made("assistants")) == "/v1/assistants?order=asc&limit=100");
}

TEST_CASE("a further page is asked for at its position") {
    const auto target = [](const provider& provider, const position& from) { return page_of(provider, from).target; };
    CHECK(target(made("heppu"), "200") == "/api/v1/agents?limit=100&offset=200");
    CHECK(target(made("hyperrep", {{"organization_id", "o"}}), "a+b/c=&d") ==
          "/api/v2/organizations/o/agents?limit=500&cursor=a%2Bb%2Fc%3D%26d");
    CHECK(target(made("freshdesk"), "3/100") == "/api/v2/agents?per_page=100&page=3");
    CHECK(target(made("freshdesk-link"), "/api/v2/agents?page=2&per_page=100") == "/api/v2/agents?page=2&per_page=100");
    CHECK(target(made("assistants"), "asst_1") == "/v1/assistants?order=asc&limit=100&after=asst_1");
}

TEST_CASE("a list that is asked for by POST has its paging in the body") {
    const provider retell = made("retell");
    const request first = page_of(retell, {});
    CHECK(first.method == "POST");
    CHECK(first.target == "/v2/list-agents");
    CHECK(first.body == R"({"limit":1000})");
    CHECK(page_of(retell, "k\"1\n").body == R"({"limit":1000,"pagination_key":"k\"1\n"})");
}

TEST_CASE("a POST sends the members of its profile, its filters and its paging in one body") {
    const provider both = made_with(
        {{"operations", "{list: {method: POST, path: /list, items: /data, body: {sort: name, deep: {a: [1]}}}}"},
         {"paging", "{style: offset, in: body, size: {name: n, maximum: 7}, position: {name: at}, total: /total}"},
         {"filters", "{status: {name: state, values: {active: ON}}}"},
         {"agent", "{id: /id, status: {from: /s, values: {ON: active}}}"}});
    filters filters;
    filters.statuses = statuses({"active"});
    CHECK(page_of(both, "14", filters).body == R"({"sort":"name","deep":{"a":[1]},"state":"ON","n":7,"at":14})");
}

TEST_CASE("a POST without anything to say sends an empty object") {
    CHECK(page_of(made_with({{"operations", "{list: {method: POST, path: /list, items: /data}}"}}), {}).body == "{}");
}

TEST_CASE("a call for one agent by POST sends its profile's body") {
    const provider posted = made_with({{"operations",
                                        "{list: {path: /list, items: /data}, get: {method: POST, path: /one, query: "
                                        "{which: \"{id}\"}, body: {full: true}, item: \"\"}}"}});
    const request request = get_of(posted, "a&b");
    CHECK(request.method == "POST");
    CHECK(request.target == "/one?which=a%26b");
    CHECK(request.body == R"({"full":true})");
}

TEST_CASE("the configuration's page size is asked for, and told where it cannot be chosen") {
    config::provider settings = settings_of("heppu");
    settings.page_size = 20;
    const provider chosen{settings, profile_named("heppu")};
    CHECK(chosen.page_size() == 20);
    CHECK(page_of(chosen, {}).asked == 20);
    CHECK(first_target(chosen) == "/api/v1/agents?limit=20&offset=0");

    const provider fixed = made_with({{"paging", "{style: page, size: {maximum: 25}, position: {name: page}}"}});
    CHECK(fixed.page_size() == 0);
    CHECK(page_of(fixed, {}).asked == 25);
    CHECK(first_target(fixed) == "/agents?page=1");
}

TEST_CASE("a walk by page numbers keeps the page size that it began with") {
    config::provider settings = settings_of("freshdesk");
    settings.page_size = 30;
    const provider changed{settings, profile_named("freshdesk")};
    const request going_on = page_of(changed, "3/50");
    CHECK(going_on.target == "/api/v2/agents?per_page=50&page=3");
    CHECK(going_on.asked == 50);
}

TEST_CASE("the base URL's path stands before every path, and its origin in the Host header") {
    config::provider settings = settings_of("heppu");
    settings.base_url = "https://Proxy.example:8443/heppu/";
    settings.credential = secret{"key"};
    const provider proxied{settings, profile_named("heppu")};
    CHECK(first_target(proxied) == "/heppu/api/v1/agents?limit=100&offset=0");
    CHECK(get_of(proxied, "a").target == "/heppu/api/v1/agents/a");
    CHECK(proxied.origin().fixed_headers.starts_with("Host: proxy.example:8443\r\n"));
    CHECK(proxied.origin().fixed_headers.ends_with("x-api-key: key\r\n"));
}

TEST_CASE("the credential is sent as the profile's scheme has it, and not at all where there is none") {
    const auto headers = [](const std::string& profile, const std::string& credential) {
        config::provider settings = settings_of(profile);
        settings.credential = secret{credential};
        return provider{settings, profile_named(profile)}.origin().fixed_headers;
    };
    CHECK(headers("converra", "key").ends_with("Authorization: Bearer key\r\n"));
    CHECK(headers("freshdesk", "user:pass").ends_with("Authorization: Basic dXNlcjpwYXNz\r\n"));
    CHECK(headers("heppu", "").find("x-api-key") == std::string::npos);
}

TEST_CASE("a filter is sent only where one value is wanted that the provider knows") {
    const provider heppu = made("heppu");
    const auto asked = [&](normalizers::choice_set of_types, normalizers::choice_set of_statuses,
                           std::vector<std::string> tags = {}) {
        const std::string target = first_target(heppu, {of_types, of_statuses, std::move(tags)});
        return target.substr(target.find('?') + 1, target.find("limit=") - target.find('?') - 1);
    };
    CHECK(asked(0, 0) == "");
    CHECK(asked(types({"voice"}), 0) == "type=voice&");
    CHECK(asked(types({"voice", "chat"}), 0) == "");
    CHECK(asked(types({"human"}), 0) == "");
    CHECK(asked(types({"chat"}), statuses({"deployed"})) == "type=chat&status=deployed&");
    CHECK(asked(types({"chat"}), statuses({"deployed", "active"})) == "type=chat&");
    CHECK(asked(0, statuses({"unknown"})) == "");
    CHECK(asked(0, statuses({"archived"})) == "");
    CHECK(asked(0, 0, {"vip"}) == "");
}

TEST_CASE("a tag is sent where the provider filters by tags and just one is wanted") {
    const provider converra = made("converra");
    CHECK(first_target(converra, {0, 0, {"a&b c"}}) == "/api/v1/agents?tags=a%26b%20c&limit=100&offset=0");
    CHECK(first_target(converra, {0, 0, {"a", "b"}}) == "/api/v1/agents?limit=100&offset=0");
    CHECK(first_target(converra, {0, statuses({"draft"}), {"a"}}) ==
          "/api/v1/agents?status=draft&tags=a&limit=100&offset=0");
    CHECK(first_target(converra, {0, statuses({"deprecated"}), {}}) == "/api/v1/agents?limit=100&offset=0");
}

TEST_CASE("a filter that hides every agent of a provider is known before it is asked") {
    const provider heppu = made("heppu");
    const provider converra = made("converra");
    const provider agenthuman = made("agenthuman");
    const provider hyperrep = made("hyperrep", organization);
    struct row {
        filters wanted;
        bool heppu, converra, agenthuman, hyperrep;
    };
    const std::vector<row> rows = {
        {{}, true, true, true, true},
        {{types({"human"}), 0, {}}, false, false, false, true},
        {{types({"avatar"}), 0, {}}, false, false, true, false},
        {{types({"voice"}), 0, {}}, true, false, false, false},
        {{types({"voice", "human"}), 0, {}}, true, false, false, true},
        {{0, statuses({"active"}), {}}, true, true, true, false},
        {{0, statuses({"draft"}), {}}, false, true, false, false},
        {{0, statuses({"unknown"}), {}}, true, true, true, false},
        {{0, statuses({"training", "draft"}), {}}, true, true, false, false},
        {{0, 0, {"vip"}}, false, true, false, false},
        {{types({"chat"}), statuses({"draft"}), {}}, false, false, false, false},
    };
    for (const row& row : rows) {
        CAPTURE(row.wanted.types);
        CAPTURE(row.wanted.statuses);
        CHECK(heppu.can_match(row.wanted) == row.heppu);
        CHECK(converra.can_match(row.wanted) == row.converra);
        CHECK(agenthuman.can_match(row.wanted) == row.agenthuman);
        CHECK(hyperrep.can_match(row.wanted) == row.hyperrep);
    }
}

TEST_CASE("filters admit an agent that has any of the types and statuses and all of the tags") {
    normalizers::page page;
    page.strings = "vipeu";
    page.tags = {{0, 3}, {3, 2}};
    normalizers::item item;
    item.tag_count = 2;
    item.type = 1;    // voice
    item.status = 0;  // active
    CHECK(filters{}.admits(page, item));
    CHECK(filters{types({"voice"}), 0, {}}.admits(page, item));
    CHECK(filters{types({"voice", "chat"}), statuses({"active"}), {"eu", "vip"}}.admits(page, item));
    CHECK_FALSE(filters{types({"chat"}), 0, {}}.admits(page, item));
    CHECK_FALSE(filters{0, statuses({"inactive", "unknown"}), {}}.admits(page, item));
    CHECK_FALSE(filters{0, 0, {"eu", "us"}}.admits(page, item));
    CHECK_FALSE(filters{0, 0, {"vi"}}.admits(page, item));
    const normalizers::item bare;
    CHECK(filters{}.admits(page, bare));
    CHECK_FALSE(filters{types({"human", "voice", "chat", "avatar"}), 0, {}}.admits(page, bare));
    CHECK_FALSE(filters{0, statuses({"unknown"}), {}}.admits(page, bare));
    CHECK_FALSE(filters{0, 0, {"vip"}}.admits(page, bare));
}

TEST_CASE("the page behind an answer is found from what was read of it") {
    const provider heppu = made("heppu");
    content read;
    read.page.received = 100;
    read.page.has_more = true;
    const auto ahead = heppu.after("100", page_of(heppu, "100"), read, {});
    CHECK(ahead.is == advance_result::step::next);
    CHECK(ahead.position == "200");

    const provider linked = made("freshdesk-link");
    content with_link;
    with_link.link = "<https://api.example/api/v2/agents?page=2>; rel=\"next\"";
    CHECK(linked.after("", page_of(linked, ""), with_link, {}).position == "/api/v2/agents?page=2");

    const provider assistants = made("assistants");
    content with_items;
    with_items.page.received = 2;
    with_items.page.has_more = true;
    with_items.page.strings = "ab";
    with_items.page.items.resize(2);
    with_items.page.items[0].native_id = {0, 1};
    with_items.page.items[1].native_id = {1, 1};
    CHECK(assistants.after("", page_of(assistants, ""), with_items, {}).position == "b");
}

}  // namespace rollcall::adapters
