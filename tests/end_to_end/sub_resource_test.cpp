// What providers know of one agent: status, insights and analytics, field by field; who offers what; ids, failures and
// freshness of all sub-resources.
#include "tests/end_to_end/sub_resources.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace {

using namespace rollcall::testing;
namespace json = boost::json;

constexpr std::string_view april = "start_date=2026-04-01T00:00:00Z&end_date=2026-04-30T23:59:59Z";
const std::vector<std::string> all_providers{"hyperrep", "heppu", "converra", "agenthuman"};

json::object record_of(const gateway& gateway, const std::string& target, const header_list& headers = {}) {
    const auto answer = gateway.get(target, headers);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    CHECK_FALSE(answer.header("age").empty());
    CHECK(answer.header("content-type") == "application/json");
    return parsed(answer).as_object();
}

json::object converra_answer(const simulators& providers, const std::string& id, const std::string& rest) {
    return parsed(get(providers.url("converra"), "/api/v1/agents/" + id + rest, converra_key)).as_object();
}

/// `%XX` for every byte.
std::string encoded_byte(unsigned char byte) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    return {'%', digits[byte >> 4], digits[byte & 15]};
}

/// A byte as the gateway writes it in a path: as it is where RFC 3986 leaves it unreserved.
std::string sent_byte(unsigned char byte) {
    const bool unreserved =
        byte < 0x80 &&
        (std::isalnum(byte) != 0 || std::string_view{"-._~"}.find(static_cast<char>(byte)) != std::string_view::npos);
    return unreserved ? std::string(1, static_cast<char>(byte)) : encoded_byte(byte);
}

}  // namespace

TEST_CASE("the status of an agent is what its provider says, in the one shape") {
    four_provider_deployment deployment;
    for (std::size_t place = 0; place < 12; ++place) {
        const std::string id = native_id(deployment.providers, "converra", place);
        const json::object source = converra_answer(deployment.providers, id, "/status");
        const json::value& metrics = source.at("metrics");
        const json::object expected{{"id", "converra:" + id},
                                    {"provider", "converra"},
                                    {"name", source.at("name")},
                                    {"status", source.at("status")},
                                    {"optimization_state", source.at("optimizationState")},
                                    {"metrics",
                                     {{"conversation_count", metrics.at("conversationCount")},
                                      {"task_completion_rate", metrics.at("taskCompletionRate")},
                                      {"avg_sentiment", metrics.at("avgSentiment")}}},
                                    {"last_optimized_at", source.at("lastOptimized")}};
        const json::object status = record_of(deployment.gateway, "/agents/converra:" + id + "/status");
        CHECK_MESSAGE(status == expected, json::serialize(status) << "\n" << json::serialize(expected));
    }
}

TEST_CASE("the status of other providers' agents is made of the agents themselves") {
    four_provider_deployment deployment;
    for (const std::string provider : {"hyperrep", "heppu", "agenthuman"}) {
        CAPTURE(provider);
        const std::string path = "/agents/" + provider + ":" + native_id(deployment.providers, provider, 2);
        const json::object agent = record_of(deployment.gateway, path);
        const json::object expected{{"id", agent.at("id")},          {"provider", provider},
                                    {"name", agent.at("name")},      {"status", agent.at("status")},
                                    {"optimization_state", nullptr}, {"metrics", nullptr},
                                    {"last_optimized_at", nullptr}};
        CHECK(record_of(deployment.gateway, path + "/status") == expected);
        CHECK(problem_of(deployment.gateway.get("/agents/" + provider + ":nobody/status")) == "404 not_found");
    }
    // Agent Human has no call for one agent.
    CHECK(last_target(deployment.providers, "agenthuman") == "/v1/agents");
}

TEST_CASE("insights are the provider's own, under names in snake_case") {
    four_provider_deployment deployment;
    const std::string id = native_id(deployment.providers, "converra", 5);
    const std::string path = "/agents/converra:" + id + "/insights";
    const json::object source = converra_answer(deployment.providers, id, "/insights?days=7");
    const json::value insights = record_of(deployment.gateway, path + "?days=7");
    CHECK(insights.at("agent_id").as_string() == "converra:" + id);
    CHECK(insights.at("provider").as_string() == "converra");
    CHECK(insights.as_object().size() == source.size() + 1);
    const std::pair<std::string_view, std::string_view> members[] = {
        {"/period/days", "/period/days"},
        {"/summary/totalConversations", "/summary/total_conversations"},
        {"/summary/completedConversations", "/summary/completed_conversations"},
        {"/summary/abandonedConversations", "/summary/abandoned_conversations"},
        {"/summary/completionRate", "/summary/completion_rate"},
        {"/metrics/taskCompletion/rate", "/metrics/task_completion/rate"},
        {"/metrics/taskCompletion/trend", "/metrics/task_completion/trend"},
        {"/metrics/sentiment", "/metrics/sentiment"},
        {"/metrics/avgResponseTime", "/metrics/avg_response_time"},
        {"/metrics/avgConversationLength", "/metrics/avg_conversation_length"},
        {"/topIssues", "/top_issues"},
        {"/recommendations", "/recommendations"},
    };
    for (const auto& [theirs, ours] : members) {
        CAPTURE(ours);
        CHECK(insights.at_pointer(ours) == json::value(source).at_pointer(theirs));
    }
    for (const std::string_view moment : {"/period/from", "/period/to"})
        CHECK(text_at(insights, moment).size() == std::string_view{"2026-04-01T00:00:00Z"}.size());
}

TEST_CASE("days are sent as the client says, and as thirty where it says nothing") {
    four_provider_deployment deployment;
    const std::string id = native_id(deployment.providers, "converra", 0);
    const std::string path = "/agents/converra:" + id + "/insights";
    const std::pair<std::string, std::string> queries[] = {
        {"", "30"}, {"?days=7", "7"}, {"?days=30", "30"}, {"?days=90", "90"}, {"?days=all", "all"}};
    for (const auto& [query, days] : queries) {
        CAPTURE(query);
        record_of(deployment.gateway, path + query);
        CHECK(last_target(deployment.providers, "converra") == "/api/v1/agents/" + id + "/insights?days=" + days);
    }
    deployment.providers.forget_requests("converra");
    for (const std::string query : {"days=8", "days=", "days=All", "days=7,30", "start_date=2026-04-01", "limit=5"}) {
        CAPTURE(query);
        CHECK(problem_of(deployment.gateway.get(path + "?" + query)) == "400 invalid_parameter");
    }
    CHECK(deployment.providers.request_count("converra") == 0);
}

TEST_CASE("analytics are whole or one half, and money stays a text") {
    four_provider_deployment deployment;
    const std::string id = native_id(deployment.providers, "hyperrep", agent_with_23_sales);
    const json::value source = hyperrep_answer(deployment.providers, id, "/analytics?" + std::string{april});
    const json::object conversations{{"responded_to", source.at_pointer("/conversations/conversationsRespondedTo")},
                                     {"messages_sent", source.at_pointer("/conversations/messagesSent")}};
    const json::object sales{{"pipeline", source.at_pointer("/sales/pipeline")},
                             {"sales_rate", source.at_pointer("/sales/salesRate")}};
    REQUIRE(sales.at("pipeline").as_array().size() > 1);
    CHECK(sales.at("pipeline").at(0).at("value").is_string());

    const std::string path = "/agents/hyperrep:" + id + "/analytics";
    const std::string query = "?" + std::string{april};
    CHECK(record_of(deployment.gateway, path + query) ==
          json::object{{"conversations", conversations}, {"sales", sales}});
    CHECK(record_of(deployment.gateway, path + "/conversations" + query) ==
          json::object{{"conversations", conversations}});
    CHECK(record_of(deployment.gateway, path + "/sales" + query) == json::object{{"sales", sales}});
    CHECK(record_of(deployment.gateway, path + "?start_date=2026-04-01&end_date=2026-04-30").at("sales") == sales);
}

TEST_CASE("analytics without good dates are refused before any call") {
    four_provider_deployment deployment;
    const std::string path = "/agents/hyperrep:" + native_id(deployment.providers, "hyperrep", 0) + "/analytics";
    deployment.providers.forget_requests("hyperrep");
    for (const std::string part : {"", "/conversations", "/sales"}) {
        CAPTURE(part);
        const auto missing = deployment.gateway.get(path + part);
        CHECK(problem_of(missing) == "400 invalid_parameter");
        const json::value problem = parsed(missing);
        const auto& errors = problem.at("errors").as_array();
        REQUIRE(errors.size() == 2);
        CHECK(errors[0].at("parameter").as_string() == "start_date");
        CHECK(errors[1].at("parameter").as_string() == "end_date");
        for (const std::string query :
             {"start_date=2026-04-01", "end_date=2026-04-30", "start_date=2026-04-30&end_date=2026-04-01",
              "start_date=2026-02-29&end_date=2026-04-01", "start_date=&end_date=2026-04-01",
              "start_date=2026-04-01&end_date=2026-04-30&days=7"}) {
            CAPTURE(query);
            CHECK(problem_of(deployment.gateway.get(path + part + "?" + query)) == "400 invalid_parameter");
        }
    }
    CHECK(deployment.providers.request_count("hyperrep") == 0);
}

TEST_CASE("an operation that a provider lacks is refused without a call, and the refusal names what it has") {
    four_provider_deployment deployment;
    const std::string_view only_hyperrep[] = {"conversations", "sales", "analytics", "analytics/conversations",
                                              "analytics/sales"};
    const std::map<std::string, std::string> offered{
        {"hyperrep", "list, get, status, conversations, sales, analytics, analytics_conversations, analytics_sales"},
        {"heppu", "list, get, status"},
        {"converra", "list, get, create, update, delete, status, insights"},
        {"agenthuman", "list, get, status"}};
    const auto check_refused = [&](const std::string& provider, const std::string& what) {
        CAPTURE(provider);
        CAPTURE(what);
        const auto answer = deployment.gateway.get("/agents/" + provider + ":x/" + what);
        CHECK(problem_of(answer) == "501 unsupported_operation");
        CHECK(text_at(parsed(answer), "/detail").ends_with("it offers " + offered.at(provider)));
        CHECK(text_at(parsed(answer), "/provider") == provider);
    };
    for (const std::string& provider : all_providers)
        deployment.providers.forget_requests(provider);
    for (const std::string provider : {"heppu", "converra", "agenthuman"}) {
        for (const std::string_view what : only_hyperrep)
            check_refused(provider, std::string{what});
    }
    for (const std::string provider : {"hyperrep", "heppu", "agenthuman"})
        check_refused(provider, "insights");
    for (const std::string& provider : all_providers)
        CHECK(deployment.providers.request_count(provider) == 0);

    const auto listed = page_of(deployment.gateway, "/providers");
    for (const auto& provider : listed.at("data").as_array()) {
        std::string names;
        for (const auto& name : provider.at("operations").as_array())
            names += (names.empty() ? "" : ", ") + std::string{name.as_string()};
        CHECK(names == offered.at(text_at(provider, "/name")));
    }
    for (const std::string what : {"status", "insights", "conversations", "analytics"}) {
        CHECK(problem_of(deployment.gateway.get("/agents/nobody:1/" + what)) == "404 unknown_provider");
        CHECK(problem_of(deployment.gateway.get("/agents/hyperrep/" + what)) == "404 unknown_provider");
    }
}

TEST_CASE("no id escapes its path segment on the way to a sub-resource") {
    four_provider_deployment deployment;
    const std::string dates = "?" + std::string{april};
    for (unsigned byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        deployment.providers.forget_requests("hyperrep");
        const auto value = static_cast<unsigned char>(byte);
        const std::string id = "a" + encoded_byte(value) + "b";
        for (const std::string& what : {std::string{"/sales"}, "/analytics" + dates, std::string{"/status"}})
            CHECK(problem_of(deployment.gateway.get("/agents/hyperrep:" + id + what)) == "404 not_found");
        const std::string path = hyperrep_path + "/a" + sent_byte(value) + "b";
        const json::value requests = deployment.providers.requests("hyperrep");
        for (const auto& sent : requests.at("requests").as_array()) {
            const std::string target = text_at(sent, "/target");
            CHECK(target.starts_with(path));
            const std::string rest = target.substr(path.size());
            CHECK((rest.empty() || rest.starts_with("/sales?") || rest.starts_with("/analytics?")));
        }
        CHECK(requests.at("count").to_number<int>() == 3);
    }
    deployment.providers.forget_requests("hyperrep");
    for (const std::string id : {"", ".", "..", "%2E%2E", "%2e"}) {
        CAPTURE(id);
        for (const std::string& what : {std::string{"/sales"}, std::string{"/conversations"}, "/analytics" + dates})
            CHECK(problem_of(deployment.gateway.get("/agents/hyperrep:" + id + what)) == "404 not_found");
    }
    CHECK(deployment.providers.request_count("hyperrep") == 0);
}

TEST_CASE("a provider that fails is told with its own words on every sub-resource") {
    const std::pair<std::string_view, std::string_view> failures[] = {
        {R"({"mode": "status", "status": 404})", "404 not_found"},
        {R"({"mode": "status", "status": 400})", "400 invalid_parameter"},
        {R"({"mode": "status", "status": 422})", "400 invalid_parameter"},
        {R"({"mode": "status", "status": 500})", "502 upstream_error"},
        {R"({"mode": "unauthorized"})", "502 upstream_auth_failed"},
        {R"({"mode": "rate_limited", "retry_after": 7})", "503 upstream_rate_limited"},
        {R"({"mode": "garbage"})", "502 upstream_invalid_response"},
        {R"({"mode": "reset"})", "502 upstream_unreachable"},
        {R"({"mode": "hang"})", "504 upstream_timeout"},
    };
    for (const auto& [fault, expected] : failures) {
        CAPTURE(fault);
        four_provider_deployment deployment{"    cache: {ttl: 0s}\n    timeout: 500ms\n"};
        for (const std::string provider : {"hyperrep", "converra"})
            deployment.providers.set_fault(provider, fault);
        for (const std::string& target :
             {std::string{"hyperrep:a/conversations"}, "hyperrep:a/analytics?" + std::string{april},
              std::string{"converra:a/status"}, std::string{"converra:a/insights"}}) {
            CAPTURE(target);
            const auto answer = deployment.gateway.get("/agents/" + target);
            CHECK(problem_of(answer) == expected);
            CHECK(text_at(parsed(answer), "/provider") == target.substr(0, target.find(':')));
            if (expected.starts_with("503")) CHECK(answer.header("retry-after") == "7");
        }
    }
}

TEST_CASE("a status of another agent than was asked for is not believed") {
    four_provider_deployment deployment;
    deployment.providers.set_fault("converra", R"({"mode": "body", "body": "{\"id\": \"other\", \"name\": \"x\"}"})");
    CHECK(problem_of(deployment.gateway.get("/agents/converra:mine/status")) == "502 upstream_invalid_response");
}

TEST_CASE("sub-resources are kept for a while, and no-cache asks afresh") {
    four_provider_deployment deployment{"    cache: {ttl: 1m}\n"};
    const std::string rep = "/agents/hyperrep:" + native_id(deployment.providers, "hyperrep", 3);
    const std::string bot = "/agents/converra:" + native_id(deployment.providers, "converra", 3);
    const std::string human = "/agents/agenthuman:" + native_id(deployment.providers, "agenthuman", 3);
    const std::pair<std::string, std::string> targets[] = {
        {"hyperrep", rep + "/sales?limit=3"}, {"hyperrep", rep + "/analytics?" + std::string{april}},
        {"hyperrep", rep + "/status"},        {"converra", bot + "/status"},
        {"converra", bot + "/insights"},      {"agenthuman", human + "/status"}};
    for (const auto& [provider, target] : targets) {
        CAPTURE(target);
        deployment.providers.forget_requests(provider);
        const json::object first = record_of(deployment.gateway, target);
        CHECK(record_of(deployment.gateway, target) == first);
        CHECK(deployment.providers.request_count(provider) == 1);
        record_of(deployment.gateway, target, {{"Cache-Control", "no-cache"}});
        CHECK(deployment.providers.request_count(provider) == 2);
    }
    // The next page of a list is cut from what was fetched for the first.
    const auto page = page_of(deployment.gateway, rep + "/sales?limit=3");
    deployment.providers.forget_requests("hyperrep");
    page_of(deployment.gateway, rep + "/sales?limit=3&cursor=" + text_at(page, "/page/next_cursor"));
    CHECK(deployment.providers.request_count("hyperrep") == 0);
}
