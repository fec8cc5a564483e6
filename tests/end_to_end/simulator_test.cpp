// The simulator held against the providers' pages, over TCP: paging, credentials, errors, writes, data.
#include "tests/end_to_end/simulator_calls.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <set>

namespace rollcall::testing {
namespace {

namespace json = boost::json;

void append(json::array& all, const json::value& items) {
    for (const auto& item : items.as_array())
        all.push_back(item);
}

}  // namespace

TEST_CASE("hyperrep: walking the cursor to its null gives every agent in order") {
    simulators simulators{{"hyperrep:agents=37"}};
    connection connection{simulators.url("hyperrep")};
    json::array all;
    std::set<std::string> cursors;
    std::string query = "?limit=10";
    while (true) {
        const response page = connection.get(hyperrep_path + query, hyperrep_key);
        REQUIRE(page.status == 200);
        const json::value body = parsed(page);
        append(all, body.at("data"));
        CHECK(body.at_pointer("/pagination/has_more").as_bool() ==
              !body.at_pointer("/pagination/next_cursor").is_null());
        if (body.at_pointer("/pagination/next_cursor").is_null()) break;
        const std::string cursor = text_at(body, "/pagination/next_cursor");
        CHECK(cursors.insert(cursor).second);
        query = "?limit=10&cursor=" + cursor;
    }
    CHECK(cursors.size() == 3);
    CHECK(all == simulators.agents("hyperrep"));
    CHECK(text_at(all[0], "/agent_id").size() == 70);
}

TEST_CASE("hyperrep: refusals come with its statuses and its detail") {
    simulators simulators{{"hyperrep:agents=3"}};
    connection connection{simulators.url("hyperrep")};
    const auto status_of = [&](const std::string& target) {
        const response answer = connection.get(target, hyperrep_key);
        CHECK(parsed(answer).at("detail").is_string());
        return answer.status;
    };
    const response refused = connection.get(hyperrep_path, {{"X-API-KEY", "wrong"}});
    CHECK(refused.status == 403);
    CHECK(parsed(refused).at("detail").is_string());
    CHECK(status_of(hyperrep_path + "?cursor=gAAAAABmadeup") == 400);
    CHECK(status_of(hyperrep_path + "?limit=501") == 422);
    CHECK(status_of(hyperrep_path + "/nobody") == 404);
    CHECK(status_of("/api/v2/organizations/another/agents") == 404);
    CHECK(status_of("/nothing") == 404);
}

TEST_CASE("hyperrep: conversations and sales are paged and kept to the dates, analytics demand both dates") {
    simulators simulators{{"hyperrep:agents=3"}};
    connection connection{simulators.url("hyperrep")};
    const std::string agent = hyperrep_path + "/" + text_at(simulators.agents("hyperrep").at(1), "/agent_id");
    CHECK(parsed(connection.get(agent, hyperrep_key)) == simulators.agents("hyperrep").at(1));

    for (const std::string list : {"/conversations", "/sales"}) {
        const json::value whole = parsed(connection.get(agent + list + "?limit=500", hyperrep_key));
        const json::value first = parsed(connection.get(agent + list + "?limit=5", hyperrep_key));
        REQUIRE(first.at_pointer("/pagination/has_more").as_bool());
        const std::string cursor = text_at(first, "/pagination/next_cursor");
        json::array both = first.at("data").as_array();
        append(both, parsed(connection.get(agent + list + "?limit=500&cursor=" + cursor, hyperrep_key)).at("data"));
        CHECK(both == whole.at("data").as_array());
        // A cursor is bound to its list.
        CHECK(connection.get(hyperrep_path + "?cursor=" + cursor, hyperrep_key).status == 400);
        const std::string dates = "?start_date=2026-05-15T00:00:00Z&end_date=2026-05-31T23:59:59Z";
        const auto within = parsed(connection.get(agent + list + dates + "&limit=500", hyperrep_key));
        CHECK(within.at("data").as_array().size() < whole.at("data").as_array().size());
        CHECK(within.at("data").as_array().size() > 0);
    }

    const std::string dates = "?start_date=2026-01-01T00:00:00Z&end_date=2026-12-31T23:59:59Z";
    CHECK(connection.get(agent + "/analytics", hyperrep_key).status == 422);
    CHECK(connection.get(agent + "/analytics/sales?start_date=2026-01-01T00:00:00Z", hyperrep_key).status == 422);
    const auto analytics = parsed(connection.get(agent + "/analytics" + dates, hyperrep_key));
    CHECK(analytics.at_pointer("/conversations/conversationsRespondedTo").as_int64() > 0);
    CHECK(text_at(analytics, "/sales/pipeline/0/value").ends_with(".0"));
    CHECK(!parsed(connection.get(agent + "/analytics/conversations" + dates, hyperrep_key))
               .as_object()
               .contains("sales"));
}

TEST_CASE("heppu: only hasMore tells the end, because total counts the page") {
    simulators simulators{{"heppu:agents=113"}};
    connection connection{simulators.url("heppu")};
    json::array all;
    for (std::size_t offset = 0;; offset += 50) {
        const auto body = parsed(connection.get("/api/v1/agents?offset=" + std::to_string(offset), heppu_key));
        const auto& agents = body.at_pointer("/data/agents").as_array();
        CHECK(body.at_pointer("/data/pagination/total").to_number<std::size_t>() == agents.size());
        append(all, agents);
        if (!body.at_pointer("/data/pagination/hasMore").as_bool()) break;
    }
    CHECK(all == simulators.agents("heppu"));
    for (const auto& agent : all) {
        CHECK(agent.as_object().contains("phoneNumbers") == (text_at(agent, "/type") == "voice"));
    }
}

TEST_CASE("heppu: both credential headers, filters, and tools that say more in the detail") {
    simulators simulators{{"heppu:agents=80"}};
    connection connection{simulators.url("heppu")};
    CHECK(connection.get("/api/v1/agents", bearer("test-key-heppu")).status == 200);
    const response refused = connection.get("/api/v1/agents");
    CHECK(refused.status == 401);
    CHECK(parsed(refused) == json::parse(R"({"success":false,"error":{"message":"Invalid API key","code":401}})"));
    const response too_many = connection.get("/api/v1/agents?limit=101", heppu_key);
    CHECK(too_many.status == 400);
    CHECK(parsed(too_many).at_pointer("/error/code").is_string());
    CHECK(connection.get("/api/v1/agents?status=sleeping", heppu_key).status == 400);
    CHECK(parsed(connection.get("/api/v1/agents/unknown", heppu_key)).at_pointer("/error/code").as_int64() == 404);

    const auto chats = parsed(connection.get("/api/v1/agents?type=chat&status=inactive&limit=100", heppu_key));
    REQUIRE(chats.at_pointer("/data/agents").as_array().size() > 0);
    for (const auto& agent : chats.at_pointer("/data/agents").as_array()) {
        CHECK(text_at(agent, "/type") == "chat");
        CHECK(text_at(agent, "/status") == "inactive");
    }
    bool compared = false;
    for (const auto& listed : simulators.agents("heppu")) {
        if (listed.at("tools").as_array().empty()) continue;
        const auto detail = parsed(connection.get("/api/v1/agents/" + text_at(listed, "/id"), heppu_key)).at("data");
        CHECK(!listed.at("tools").at(0).as_object().contains("category"));
        CHECK(detail.at("tools").at(0).as_object().contains("category"));
        CHECK(detail.at("tools").at(0).as_object().contains("config"));
        CHECK(detail.at("name") == listed.at("name"));
        compared = true;
    }
    CHECK(compared);
}

TEST_CASE("converra: a true total and no has-more, and tags that mean any of them") {
    simulators simulators{{"converra:agents=64"}};
    connection connection{simulators.url("converra")};
    json::array all;
    while (true) {
        const auto body = parsed(connection.get("/api/v1/agents?offset=" + std::to_string(all.size()), converra_key));
        CHECK(!body.at("pagination").as_object().contains("hasMore"));
        CHECK(body.at_pointer("/pagination/total").as_int64() == 64);
        if (body.at("data").as_array().empty()) break;
        append(all, body.at("data"));
    }
    CHECK(all == simulators.agents("converra"));
    const auto tagged = parsed(connection.get("/api/v1/agents?tags=support,v2&limit=100", converra_key));
    std::int64_t expected = 0;
    for (const auto& agent : all) {
        const auto tags = json::serialize(agent.at("tags"));
        if (tags.find("\"support\"") != std::string::npos || tags.find("\"v2\"") != std::string::npos) ++expected;
    }
    CHECK(tagged.at_pointer("/pagination/total").as_int64() == expected);
    CHECK(connection.get("/api/v1/agents?limit=101", converra_key).status == 400);
    CHECK(connection.get("/api/v1/agents?status=gone", converra_key).status == 400);
    const response refused = connection.get("/api/v1/agents", bearer("wrong"));
    CHECK(refused.status == 401);
    CHECK(text_at(parsed(refused), "/error/code") == "UNAUTHORIZED");
}

TEST_CASE("converra: writes change the data set and answer in part") {
    simulators simulators{{"converra:agents=4"}};
    connection connection{simulators.url("converra")};
    const response created =
        connection.request("POST", "/api/v1/agents", converra_key,
                           R"({"name":"New","content":"Be brief.","llmModel":"gpt-4o","tags":["x"]})");
    CHECK(created.status == 201);
    CHECK(!parsed(created).as_object().contains("tags"));
    const std::string one = "/api/v1/agents/" + text_at(parsed(created), "/id");
    CHECK(text_at(parsed(connection.get(one, converra_key)), "/tags/0") == "x");

    const response updated = connection.request("PATCH", one, converra_key, R"({"content":"Be very brief."})");
    CHECK(updated.status == 200);
    CHECK(parsed(updated).as_object().size() == 4);
    CHECK(text_at(simulators.agents("converra").at(4), "/content") == "Be very brief.");

    const response refused = connection.request("POST", "/api/v1/agents", converra_key, R"({"name":"","content":"c"})");
    CHECK(refused.status == 400);
    CHECK(text_at(parsed(refused), "/error/code") == "VALIDATION_ERROR");
    CHECK(parsed(refused).at_pointer("/error/details").as_object().size() == 2);

    CHECK(text_at(parsed(connection.get(one + "/status", converra_key)), "/name") == "New");
    CHECK(parsed(connection.get(one + "/insights?days=7", converra_key)).at_pointer("/period/days").as_int64() == 7);
    CHECK(connection.get(one + "/insights?days=8", converra_key).status == 400);

    CHECK(parsed(connection.request("DELETE", one, converra_key)).at("success").as_bool());
    CHECK(connection.get(one, converra_key).status == 404);
    CHECK(simulators.agents("converra").size() == 4);
}

TEST_CASE("agenthuman: everything at once at both prefixes, newest update first") {
    simulators simulators{{"agenthuman:agents=29"}};
    connection connection{simulators.url("agenthuman")};
    const response list = connection.get("/v1/agents", agenthuman_key);
    CHECK(list.header("x-ratelimit-limit") == "60");
    CHECK(list.has("X-RateLimit-Remaining"));
    CHECK(list.has("X-RateLimit-Reset"));
    CHECK(connection.get("/api/v1/agents", bearer("test-key-agenthuman")).body == list.body);
    const auto agents = parsed(list).at("agents").as_array();
    CHECK(agents == simulators.agents("agenthuman"));
    REQUIRE(agents.size() == 29);
    bool voiceless = false;
    for (std::size_t i = 1; i < agents.size(); ++i) {
        CHECK(text_at(agents[i - 1], "/updated_at") >= text_at(agents[i], "/updated_at"));
        CHECK(agents[i].at("agent_id").is_int64());
        voiceless = voiceless || agents[i].at("voice_id").is_null();
    }
    CHECK(voiceless);
    const response refused = connection.get("/v1/agents", {{"x-api-key", "wrong"}});
    CHECK(refused.status == 401);
    CHECK(parsed(refused).at("error").is_string());
    CHECK(connection.get("/v1/agents/101", agenthuman_key).status == 404);
}

TEST_CASE("freshdesk: numbered pages are linked to the last one") {
    simulators simulators{{"freshdesk:agents=65"}};
    connection connection{simulators.url("freshdesk")};
    json::array all;
    std::string target = "/api/v2/agents";
    while (true) {
        const response page = connection.get(target, freshdesk_key);
        REQUIRE(page.status == 200);
        append(all, parsed(page));
        if (!page.has("Link")) break;
        const std::string link{page.header("Link")};
        const std::string prefix = "<" + simulators.url("freshdesk");
        REQUIRE(link.starts_with(prefix));
        CHECK(link.ends_with(">; rel=\"next\""));
        target = link.substr(prefix.size(), link.find('>') - prefix.size());
    }
    CHECK(all == simulators.agents("freshdesk"));
    CHECK(connection.get("/api/v2/agents?per_page=101", freshdesk_key).status == 400);
    CHECK(parsed(connection.get("/api/v2/agents/" + json::serialize(all[7].at("id")), freshdesk_key)) == all[7]);
    const response refused = connection.get("/api/v2/agents", {{"Authorization", "Basic d3Jvbmc6WA=="}});
    CHECK(refused.status == 401);
    CHECK(text_at(parsed(refused), "/code") == "invalid_credentials");
}

TEST_CASE("retell: the paging key of the answer goes into the next request's body") {
    simulators simulators{{"retell:agents=120"}};
    connection connection{simulators.url("retell")};
    json::array all;
    json::object query{{"limit", 50}};
    while (true) {
        const response page = connection.request("POST", "/v2/list-agents", retell_key, json::serialize(query));
        REQUIRE(page.status == 200);
        const auto body = parsed(page);
        append(all, body.at("items"));
        CHECK(body.at("has_more").as_bool() == body.as_object().contains("pagination_key"));
        if (!body.at("has_more").as_bool()) break;
        query["pagination_key"] = body.at("pagination_key");
    }
    CHECK(all == simulators.agents("retell"));
    CHECK(connection.request("POST", "/v2/list-agents", retell_key).status == 200);
    CHECK(connection.request("POST", "/v2/list-agents", retell_key, R"({"limit":1001})").status == 422);
    CHECK(connection.request("POST", "/v2/list-agents", retell_key, R"({"pagination_key":"made-up"})").status == 422);
    CHECK(parsed(connection.get("/get-agent/" + text_at(all[3], "/agent_id"), retell_key)) == all[3]);
    const response refused = connection.request("POST", "/v2/list-agents", {}, "{}");
    CHECK(refused.status == 401);
    CHECK(text_at(parsed(refused), "/status") == "error");
}

TEST_CASE("assistants: each page begins after the last id of the one before") {
    simulators simulators{{"assistants:agents=47"}};
    connection connection{simulators.url("assistants")};
    json::array all;
    std::string target = "/v1/assistants?limit=20";
    while (true) {
        const response page = connection.get(target, assistants_key);
        REQUIRE(page.status == 200);
        const auto body = parsed(page);
        append(all, body.at("data"));
        CHECK(text_at(body, "/last_id") == text_at(all.back(), "/id"));
        if (!body.at("has_more").as_bool()) break;
        target = "/v1/assistants?limit=20&after=" + text_at(body, "/last_id");
    }
    CHECK(all == simulators.agents("assistants"));
    CHECK(connection.get("/v1/assistants?after=asst_unknown", assistants_key).status == 400);
    CHECK(connection.get("/v1/assistants?limit=101", assistants_key).status == 400);
    CHECK(parsed(connection.get("/v1/assistants/" + text_at(all[5], "/id"), assistants_key)) == all[5]);
    const response refused = connection.get("/v1/assistants");
    CHECK(refused.status == 401);
    CHECK(text_at(parsed(refused), "/error/code") == "invalid_api_key");
}

TEST_CASE("an empty data set is an empty page of every dialect") {
    simulators simulators{{"hyperrep:agents=0", "heppu:agents=0", "assistants:agents=0", "retell:agents=0"}};
    CHECK(parsed(get(simulators.url("hyperrep"), hyperrep_path, hyperrep_key)).at("data").as_array().empty());
    CHECK(parsed(get(simulators.url("heppu"), "/api/v1/agents", heppu_key))
              .at_pointer("/data/agents")
              .as_array()
              .empty());
    CHECK(parsed(get(simulators.url("assistants"), "/v1/assistants", assistants_key)).at("last_id").is_null());
    const auto retell = parsed(request("POST", simulators.url("retell"), "/v2/list-agents", retell_key, "{}"));
    CHECK(!retell.at("has_more").as_bool());
}

TEST_CASE("the data holds awkward strings, in several spellings, and is the same for the same seed") {
    simulators first{{"heppu:agents=60"}, {"--seed", "7"}};
    simulators again{{"heppu:agents=60"}, {"--seed", "7"}};
    simulators other{{"heppu:agents=60"}, {"--seed", "8"}};
    CHECK(first.agents("heppu") == again.agents("heppu"));
    CHECK(first.agents("heppu") != other.agents("heppu"));
    const std::string raw = get(first.url("heppu"), "/api/v1/agents?limit=100", heppu_key).body;
    for (const std::string_view spelled : {R"(\u2028)", R"(\ud83d\ude00)", R"(\")", R"(\\)", R"(\/)", R"(\u0001)",
                                           R"(\u0000)", "\xE2\x80\xA8", R"(:"")"}) {
        CHECK_MESSAGE(raw.find(spelled) != std::string::npos, spelled);
    }
    bool long_text = false;
    for (const auto& agent : first.agents("heppu")) {
        long_text = long_text || agent.at("instructions").as_string().size() == 3000;
    }
    CHECK(long_text);
}

TEST_CASE("requests are counted and remembered with headers and bodies, on one connection when it is kept") {
    simulators simulators{{"retell:agents=3"}};
    connection connection{simulators.url("retell")};
    connection.request("POST", "/v2/list-agents?x=1", {{"Authorization", "Bearer test-key-retell"}, {"X-Thing", "v"}},
                       R"({"limit":2})");
    for (int i = 0; i < 120; ++i)
        connection.get("/get-agent/" + std::to_string(i), retell_key);
    auto memory = simulators.requests("retell");
    CHECK(memory.at("count").as_int64() == 121);
    CHECK(memory.at("connections").as_int64() == 1);
    CHECK(memory.at("requests").as_array().size() == 100);
    CHECK(text_at(memory.at("requests").as_array().back(), "/target") == "/get-agent/119");
    simulators.forget_requests("retell");
    connection.request("POST", "/v2/list-agents?x=1", {{"X-Thing", "v"}}, R"({"limit":2})");
    const json::value last = simulators.requests("retell").at("requests").as_array().at(0);
    CHECK(text_at(last, "/method") == "POST");
    CHECK(text_at(last, "/headers/x-thing") == "v");
    CHECK(text_at(last, "/body") == R"({"limit":2})");
}

TEST_CASE("two providers of one kind stand side by side under their own names") {
    simulators simulators{{"heppu:agents=5", "heppu@second:agents=3,key=other"}};
    CHECK(simulators.agents("heppu").size() == 5);
    CHECK(simulators.agents("second").size() == 3);
    CHECK(get(simulators.url("second"), "/api/v1/agents", {{"x-api-key", "other"}}).status == 200);
    CHECK(get(simulators.url("second"), "/api/v1/agents", heppu_key).status == 401);
}

}  // namespace rollcall::testing
