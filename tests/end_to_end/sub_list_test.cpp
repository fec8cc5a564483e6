// An agent's conversations and sales: every field of every item, walks with any limit, cursors, dates, and failures on
// the way.
#include "tests/end_to_end/sub_resources.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace {

using namespace rollcall::testing;
namespace json = boost::json;

/// A gateway before HyperRep alone, in pages of seven and without a cache.
struct rep_deployment {
    simulators providers{{"hyperrep:agents=37"}};
    rollcall::testing::gateway gateway{
        configuration(providers, {{"hyperrep", {}, "    cache: {ttl: 0s}\n    page_size: 7\n    timeout: 800ms\n"}})};
};

json::value reference(const json::value& native_id) {
    return json::string{"hyperrep:" + std::string{native_id.as_string()}};
}

json::object expected_conversation(const json::value& source, const std::string& agent) {
    return {{"id", reference(source.at("conversation_id"))},
            {"provider", "hyperrep"},
            {"native_id", source.at("conversation_id")},
            {"agent_id", "hyperrep:" + agent},
            {"contact_id", reference(source.at("contact_id"))},
            {"folder", source.at("folder")},
            {"is_read", source.at("is_read")},
            {"started_at", source.at("start_at")},
            {"last_activity_at", source.at("last_activity_at")}};
}

json::object expected_sale(const json::value& source, const std::string& agent) {
    json::array conversations;
    for (const auto& id : source.at("associated_conversation_ids").as_array())
        conversations.push_back(reference(id));
    json::array contacts;
    for (const auto& contact : source.at("associated_contacts").as_array())
        contacts.push_back({{"id", reference(contact.at("contact_id"))}, {"is_primary", contact.at("is_primary")}});
    json::array products;
    for (const auto& product : source.at_pointer("/quote_details/arguments/products").as_array()) {
        products.push_back({{"name", product.at("product_name")},
                            {"quantity", product.at("quantity")},
                            {"unit_price", product.at("unit_price")}});
    }
    return {{"id", reference(source.at("sale_id"))},
            {"provider", "hyperrep"},
            {"native_id", source.at("sale_id")},
            {"agent_id", "hyperrep:" + agent},
            {"company_id", reference(source.at("company_id"))},
            {"owner_id", reference(source.at("owner_id"))},
            {"conversation_ids", conversations},
            {"contacts", contacts},
            {"quote",
             {{"currency", source.at_pointer("/quote_details/output/currency")},
              {"total_price", source.at_pointer("/quote_details/output/total_price")},
              {"products", products}}},
            {"notes", source.at("notes")},
            {"status", source.at("current_status")},
            {"status_history", source.at("status_history")},
            {"created_at", source.at("created_at")},
            {"last_activity_at", source.at("last_activity_at")}};
}

struct sub_list {
    std::string_view name;
    std::size_t agent;
    std::size_t size;
    json::object (*expected)(const json::value& source, const std::string& agent);
};

const sub_list sub_lists[] = {{"conversations", agent_with_61_conversations, 61, expected_conversation},
                              {"sales", agent_with_23_sales, 23, expected_sale}};

std::string target_of(const std::string& agent, std::string_view list) {
    return "/agents/hyperrep:" + agent + "/" + std::string{list};
}

std::string cursor_of(const json::object& page) {
    return "&cursor=" + std::string{page.at("page").at("next_cursor").as_string()};
}

}  // namespace

TEST_CASE("every field of every conversation and sale is what the contract says") {
    rep_deployment deployment;
    for (const sub_list& list : sub_lists) {
        CAPTURE(list.name);
        const std::string agent = native_id(deployment.providers, "hyperrep", list.agent);
        const json::value source =
            hyperrep_answer(deployment.providers, agent, "/" + std::string{list.name} + "?limit=500");
        const auto& sources = source.at("data").as_array();
        const sub_walk walked = walk_sub_list(deployment.gateway, target_of(agent, list.name) + "?limit=200");
        REQUIRE(sources.size() == list.size);
        REQUIRE(walked.items.size() == list.size);
        for (std::size_t i = 0; i < list.size; ++i) {
            const json::object expected = list.expected(sources[i], agent);
            const json::object& item = walked.items[i].as_object();
            CHECK_MESSAGE(item == expected, json::serialize(item) << "\n" << json::serialize(expected));
        }
    }
}

TEST_CASE("a walk over a sub-list gives each item once and in the provider's order, whatever the limit") {
    rep_deployment deployment;
    for (const sub_list& list : sub_lists) {
        const std::string target = target_of(native_id(deployment.providers, "hyperrep", list.agent), list.name);
        const json::array whole = walk_sub_list(deployment.gateway, target + "?limit=200").items;
        CHECK(whole.size() == list.size);
        for (const std::size_t limit : {1U, 3U, 7U, 50U}) {
            CAPTURE(list.name);
            CAPTURE(limit);
            const sub_walk walked = walk_sub_list(deployment.gateway, target + "?limit=" + std::to_string(limit));
            CHECK(walked.items == whole);
            CHECK(walked.times.size() == list.size);
            CHECK(static_cast<std::size_t>(walked.pages) == (list.size + limit - 1) / limit);
        }
    }
}

TEST_CASE("an agent that has none has an empty page, and one that is not there has no page at all") {
    rep_deployment deployment;
    const std::string agent = native_id(deployment.providers, "hyperrep", agent_with_nothing);
    for (const sub_list& list : sub_lists) {
        CAPTURE(list.name);
        const auto page = page_of(deployment.gateway, target_of(agent, list.name));
        CHECK(page.at("data").as_array().empty());
        CHECK(page.at("page") ==
              json::object{{"limit", 50}, {"count", 0}, {"has_more", false}, {"next_cursor", nullptr}});
        CHECK(problem_of(deployment.gateway.get(target_of("nobody", list.name))) == "404 not_found");
    }
}

TEST_CASE("dates narrow a sub-list, and reach the provider as instants in UTC") {
    rep_deployment deployment;
    const std::string agent = native_id(deployment.providers, "hyperrep", agent_with_61_conversations);
    const std::string target = target_of(agent, "conversations");
    const std::string april = "start_date=2026-04-01&end_date=2026-04-30";

    const auto within = walk_sub_list(deployment.gateway, target + "?limit=200&" + april);
    std::size_t expected = 0;
    for (const auto& item : walk_sub_list(deployment.gateway, target + "?limit=200").items)
        expected += text_at(item, "/started_at").starts_with("2026-04-") ? 1 : 0;
    CHECK(expected > 3);
    CHECK(within.items.size() == expected);
    CHECK(walk_sub_list(deployment.gateway, target + "?limit=3&" + april).items == within.items);

    page_of(deployment.gateway, target + "?start_date=2026-04-01T00:00:00%2B02:00&end_date=2026-04-30");
    const std::string sent = last_target(deployment.providers, "hyperrep");
    CAPTURE(sent);
    CHECK(sent.find("start_date=2026-03-31T22%3A00%3A00Z") != std::string::npos);
    CHECK(sent.find("end_date=2026-04-30T23%3A59%3A59.999999Z") != std::string::npos);
    page_of(deployment.gateway, target + "?end_date=2026-04-30");
    CHECK(last_target(deployment.providers, "hyperrep").find("start_date") == std::string::npos);
}

TEST_CASE("a wrong query of a sub-list is refused with every fault named, and costs no call") {
    rep_deployment deployment;
    const std::string target = target_of(native_id(deployment.providers, "hyperrep", 0), "sales");
    deployment.providers.forget_requests("hyperrep");
    for (const std::string query :
         {"limit=0", "limit=201", "start_date=soon", "end_date=2026-02-30", "start_date=2026-05-01&end_date=2026-04-01",
          "start_date=2026-04-01T00:00:00+02:00", "days=30", "status=active", "fields=id", "limit=1&limit=2"}) {
        CAPTURE(query);
        const auto answer = deployment.gateway.get(target + "?" + query);
        CHECK(problem_of(answer) == "400 invalid_parameter");
        CHECK(parsed(answer).at("errors").at(0).at("parameter").as_string() == query.substr(0, query.find('=')));
    }
    const auto all = deployment.gateway.get(target + "?limit=0&start_date=x&end_date=y&z=1");
    CHECK(parsed(all).at("errors").as_array().size() == 4);
    CHECK(deployment.providers.request_count("hyperrep") == 0);
}

TEST_CASE("a cursor of a sub-list goes on with its own list only") {
    rep_deployment deployment;
    const std::string agent = native_id(deployment.providers, "hyperrep", agent_with_23_sales);
    const std::string target = target_of(agent, "sales");
    const auto first = page_of(deployment.gateway, target + "?limit=3&start_date=2026-01-01");
    const std::string cursor = cursor_of(first);
    const std::string agents_cursor = cursor_of(page_of(deployment.gateway, "/agents?limit=3"));
    deployment.providers.forget_requests("hyperrep");

    std::string tampered = cursor;
    tampered[tampered.size() / 2] = tampered[tampered.size() / 2] == 'A' ? 'B' : 'A';
    const std::string others[] = {
        target + "?limit=3&start_date=2026-01-01" + tampered,
        target + "?limit=3&start_date=2026-01-01" + cursor.substr(0, cursor.size() - 4),
        target + "?limit=3&start_date=2026-01-01&cursor=",
        target + "?limit=3&start_date=2026-01-01&cursor=none",
        target + "?limit=3&start_date=2026-01-01" + agents_cursor,
        target + "?limit=3" + cursor,
        target + "?limit=3&start_date=2026-01-02" + cursor,
        target + "?limit=3&start_date=2026-01-01&end_date=2026-12-31" + cursor,
        target_of(agent, "conversations") + "?limit=3&start_date=2026-01-01" + cursor,
        target_of(native_id(deployment.providers, "hyperrep", 0), "sales") + "?limit=3&start_date=2026-01-01" + cursor,
        "/agents?limit=3" + cursor,
    };
    for (const std::string& other : others) {
        CAPTURE(other);
        const auto answer = deployment.gateway.get(other);
        CHECK(problem_of(answer) == "400 invalid_cursor");
        CHECK(parsed(answer).at("errors").at(0).at("parameter").as_string() == "cursor");
    }
    CHECK(deployment.providers.request_count("hyperrep") == 0);

    // Another limit, and the same moment in other words, are the same list.
    const auto next = page_of(deployment.gateway, target + "?limit=5&start_date=2026-01-01T00:00:00.0Z" + cursor);
    CHECK(next.at("page").at("count").to_number<int>() == 5);
    CHECK(next.at("data").at(0).at("id") != first.at("data").at(2).at("id"));
}

TEST_CASE("a sub-list that fails on its way gives what has come, and the rest with the next page") {
    rep_deployment deployment;
    const std::string target =
        target_of(native_id(deployment.providers, "hyperrep", agent_with_61_conversations), "conversations");
    const json::array whole = walk_sub_list(deployment.gateway, target + "?limit=200").items;

    deployment.providers.set_fault("hyperrep", R"({"mode": "garbage", "path_contains": "cursor=", "after": 1})");
    const auto partial = page_of(deployment.gateway, target + "?limit=50");
    CHECK(partial.at("page").at("count").to_number<int>() == 14);
    CHECK(partial.at("page").at("has_more").as_bool());
    // What is left now fails from its beginning, so there is nothing to give; the same cursor goes on later.
    const std::string next = target + "?limit=50" + cursor_of(partial);
    CHECK(problem_of(deployment.gateway.get(next)) == "502 upstream_invalid_response");
    deployment.providers.clear_fault("hyperrep");
    json::array joined = partial.at("data").as_array();
    const auto rest = page_of(deployment.gateway, next);
    for (const auto& item : rest.at("data").as_array())
        joined.push_back(item);
    CHECK(joined == whole);
}

TEST_CASE("a sub-list whose pages lead back to themselves is not believed") {
    rep_deployment deployment;
    const std::string target =
        target_of(native_id(deployment.providers, "hyperrep", agent_with_61_conversations), "conversations");
    deployment.providers.set_fault("hyperrep", R"({"mode": "repeat_token"})");
    std::string cursor;
    std::string last = "200";
    int pages = 0;
    for (; last == "200" && pages < 20; ++pages) {
        const auto answer = deployment.gateway.get(target + "?limit=7" + cursor);
        last = answer.status == 200 ? "200" : problem_of(answer);
        if (answer.status == 200) cursor = cursor_of(parsed(answer).as_object());
    }
    CHECK(last == "502 upstream_invalid_response");
    CHECK(pages < 5);
}
