// Providers that fail: an honest partial page in bounded time, and nothing lost.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace {

using namespace rollcall::testing;
using clock = std::chrono::steady_clock;

struct failure_case {
    std::string_view situation;
    std::string_view fault;   ///< as the simulator takes it; empty: its listener is closed
    std::string_view status;  ///< of the provider's report
    std::string_view code;    ///< of its error
};

const failure_case failure_cases[] = {
    {"it is down", "", "unreachable", "upstream_unreachable"},
    {"it hangs", R"({"mode": "hang"})", "timeout", "upstream_timeout"},
    {"it answers too late", R"({"mode": "delay", "ms": 3000})", "timeout", "upstream_timeout"},
    {"it stops in the middle of its answer", R"({"mode": "slow_body", "ms": 3000})", "timeout", "upstream_timeout"},
    {"it resets the connection", R"({"mode": "reset"})", "unreachable", "upstream_unreachable"},
    {"it closes without an answer", R"({"mode": "close"})", "unreachable", "upstream_unreachable"},
    {"it truncates its answer", R"({"mode": "truncate"})", "invalid_response", "upstream_invalid_response"},
    {"it sends invalid JSON", R"({"mode": "garbage"})", "invalid_response", "upstream_invalid_response"},
    {"it sends an empty body", R"({"mode": "body", "body": ""})", "invalid_response", "upstream_invalid_response"},
    {"it sends JSON of another shape", R"({"mode": "body", "body": "{\"hello\": []}"})", "invalid_response",
     "upstream_invalid_response"},
    {"it says 429", R"({"mode": "rate_limited", "retry_after": 0})", "rate_limited", "upstream_rate_limited"},
    {"it refuses the key", R"({"mode": "unauthorized"})", "auth_failed", "upstream_auth_failed"},
    {"it says 403", R"({"mode": "status", "status": 403})", "auth_failed", "upstream_auth_failed"},
    {"it says 500", R"({"mode": "status", "status": 500})", "error", "upstream_error"},
    {"it says 503", R"({"mode": "status", "status": 503})", "error", "upstream_error"},
    {"it redirects", R"({"mode": "status", "status": 302})", "error", "upstream_error"},
};

void set_failure(simulators& providers, const std::string& name, std::string_view fault) {
    if (fault.empty()) {
        providers.close_listener(name);
    } else {
        providers.set_fault(name, fault);
    }
}

void end_failure(simulators& providers, const std::string& name, std::string_view fault) {
    if (fault.empty()) {
        providers.open_listener(name);
    } else {
        providers.clear_fault(name);
    }
}

constexpr std::string_view quick = "    cache: {ttl: 0s}\n    timeout: 800ms\n";

}  // namespace

TEST_CASE(
    "whatever happens to one provider, the page is partial, says so, and the agents come later in the same walk") {
    for (const failure_case& failure : failure_cases) {
        CAPTURE(failure.situation);
        four_provider_deployment deployment{quick};
        const auto whole = walk(deployment.gateway, "limit=20");
        REQUIRE(whole.times.size() == 243);

        const auto first = page_of(deployment.gateway, "/agents?limit=20");
        std::map<std::string, int> times;
        const auto count_agents = [&times](const boost::json::object& page) {
            for (const auto& agent : page.at("data").as_array())
                ++times[std::string{agent.at("id").as_string()}];
        };
        count_agents(first);
        std::string cursor{first.at("page").at("next_cursor").as_string()};

        set_failure(deployment.providers, "heppu", failure.fault);
        const auto began = clock::now();
        const auto partial = deployment.gateway.get("/agents?limit=20&cursor=" + cursor);
        const auto took = clock::now() - began;
        REQUIRE(partial.status == 200);
        CHECK(partial.header("x-rollcall-complete") == "false");
        CHECK(took < std::chrono::milliseconds{2500});
        const auto page = boost::json::parse(partial.body).as_object();
        CHECK(page.at("partial").as_bool());
        CHECK(page.at("page").at("count").to_number<int>() == 20);
        const auto report = report_of(page, "heppu");
        CHECK(report.at("status").as_string() == failure.status);
        CHECK(report.at("error").at("code").as_string() == failure.code);
        CHECK(report.at("count").to_number<int>() == 0);
        CHECK(report.at("has_more").as_bool());
        CHECK(report_of(page, "converra").at("status").as_string() == "ok");
        count_agents(page);

        end_failure(deployment.providers, "heppu", failure.fault);
        cursor = std::string{page.at("page").at("next_cursor").as_string()};
        for (bool more = true; more;) {
            const auto next = page_of(deployment.gateway, "/agents?limit=20&cursor=" + cursor);
            CHECK_FALSE(next.at("partial").as_bool());
            count_agents(next);
            more = next.at("page").at("has_more").as_bool();
            if (more) cursor = std::string{next.at("page").at("next_cursor").as_string()};
        }
        CHECK(times.size() == 243);
        CHECK(std::ranges::all_of(times, [](const auto& entry) { return entry.second == 1; }));
    }
}

TEST_CASE("success: false in a 200 is a failure of the provider, in its own words") {
    four_provider_deployment deployment{quick};
    for (const std::string provider : {"heppu", "agenthuman"}) {
        CAPTURE(provider);
        deployment.providers.set_fault(provider, R"({"mode": "success_false"})");
        const auto page = page_of(deployment.gateway, "/agents?limit=20");
        CHECK(report_of(page, provider).at("status").as_string() == "error");
        deployment.providers.clear_fault(provider);
    }
}

TEST_CASE("a provider that says 429 tells when to come back") {
    four_provider_deployment deployment{quick};
    deployment.providers.set_fault("converra", R"({"mode": "rate_limited", "retry_after": 7})");
    const auto page = page_of(deployment.gateway, "/agents?provider=converra,heppu");
    CHECK(report_of(page, "converra").at("error").at("retry_after_s").to_number<int>() == 7);

    const auto lost = deployment.gateway.get("/agents?provider=converra");
    CHECK(problem_of(lost) == "503 upstream_rate_limited");
    CHECK(lost.header("retry-after") == "7");
}

TEST_CASE("a page that every provider failed is an error with the common code, and the same cursor goes on later") {
    four_provider_deployment deployment{quick};
    const auto first = page_of(deployment.gateway, "/agents?limit=8");
    const std::string next = "/agents?limit=8&cursor=" + std::string{first.at("page").at("next_cursor").as_string()};
    const auto expected = page_of(deployment.gateway, next).at("data");
    const std::vector<std::string> names{"hyperrep", "heppu", "converra", "agenthuman"};

    for (const auto& name : names)
        deployment.providers.set_fault(name, R"({"mode": "hang"})");
    CHECK(problem_of(deployment.gateway.get(next)) == "504 upstream_timeout");
    for (const auto& name : names)
        deployment.providers.set_fault(name, R"({"mode": "garbage"})");
    CHECK(problem_of(deployment.gateway.get(next)) == "502 upstream_invalid_response");
    deployment.providers.set_fault("heppu", R"({"mode": "unauthorized"})");
    CHECK(problem_of(deployment.gateway.get(next)) == "502 upstream_error");
    for (const auto& name : names)
        deployment.providers.clear_fault(name);
    CHECK(page_of(deployment.gateway, next).at("data") == expected);
}

TEST_CASE("partial=deny makes one failing provider an error that lists it") {
    four_provider_deployment deployment{quick};
    deployment.providers.set_fault("converra", R"({"mode": "status", "status": 500})");
    const auto denied = deployment.gateway.get("/agents?partial=deny");
    CHECK(problem_of(denied) == "502 upstream_error");
    const auto problem = boost::json::parse(denied.body);
    CHECK(problem.at("provider").as_string() == "converra");
    CHECK(problem.at("upstream").at("status").to_number<int>() == 500);
    REQUIRE(problem.at("providers").as_array().size() == 1);
    CHECK(problem.at("providers").at(0).at("name").as_string() == "converra");
    CHECK(deployment.gateway.get("/agents?partial=allow").status == 200);
}

TEST_CASE("a passing failure is tried again once and the client sees nothing of it") {
    four_provider_deployment deployment{quick};
    for (const std::string_view fault :
         {R"({"mode": "status", "status": 503, "times": 1})", R"({"mode": "reset", "times": 1})"}) {
        CAPTURE(fault);
        deployment.providers.set_fault("heppu", fault);
        CHECK_FALSE(page_of(deployment.gateway, "/agents?limit=4").at("partial").as_bool());
    }
    deployment.providers.set_fault("heppu", R"({"mode": "status", "status": 500, "times": 1})");
    CHECK(page_of(deployment.gateway, "/agents?limit=4").at("partial").as_bool());
}

TEST_CASE("providers that fail and recover at every page lose nothing and repeat nothing") {
    four_provider_deployment deployment{quick};
    const std::vector<std::string> names{"hyperrep", "heppu", "converra", "agenthuman"};
    std::map<std::string, int> times;
    std::string cursor;
    int page_number = 0;
    int partial_pages = 0;
    for (bool more = true; more; ++page_number) {
        REQUIRE(page_number < 200);
        const std::string& failing = names[static_cast<std::size_t>(page_number) % names.size()];
        deployment.providers.set_fault(failing, R"({"mode": "garbage"})");
        const auto answer = deployment.gateway.get("/agents?limit=10" + cursor);
        deployment.providers.clear_fault(failing);
        if (answer.status != 200) continue;  // only the failing provider was left: the same cursor again
        const auto page = boost::json::parse(answer.body).as_object();
        partial_pages += page.at("partial").as_bool();
        for (const auto& agent : page.at("data").as_array())
            ++times[std::string{agent.at("id").as_string()}];
        more = page.at("page").at("has_more").as_bool();
        if (more) cursor = "&cursor=" + std::string{page.at("page").at("next_cursor").as_string()};
    }
    CHECK(partial_pages > 10);
    CHECK(times.size() == 243);
    CHECK(std::ranges::all_of(times, [](const auto& entry) { return entry.second == 1; }));
}

TEST_CASE("an old page stands in for a failing provider where the configuration allows it") {
    four_provider_deployment deployment{"    cache: {ttl: 1ms, stale_if_error: 5m}\n    timeout: 800ms\n"};
    const auto before = page_of(deployment.gateway, "/agents?limit=20");
    deployment.providers.close_listener("heppu");
    const auto after = page_behind_the_cache(deployment.gateway, "/agents?limit=20", "heppu");
    CHECK(report_of(after, "heppu").at("status").as_string() == "stale");
    CHECK(report_of(after, "heppu").at("error").at("code").as_string() == "upstream_unreachable");
    CHECK_FALSE(after.at("partial").as_bool());
    CHECK(after.at("data") == before.at("data"));

    deployment.providers.set_fault("converra", R"({"mode": "unauthorized"})");
    const auto refused = page_behind_the_cache(deployment.gateway, "/agents?limit=20", "converra");
    CHECK(report_of(refused, "converra").at("status").as_string() == "auth_failed");
}

TEST_CASE("an old page stands in too where the client has less time than the provider") {
    four_provider_deployment deployment{"    cache: {ttl: 1ms, stale_if_error: 5m}\n    timeout: 1m\n"};
    page_of(deployment.gateway, "/agents?provider=heppu");
    deployment.providers.set_fault("heppu", R"({"mode": "hang"})");
    const auto late = page_behind_the_cache(deployment.gateway, "/agents?provider=heppu", "heppu");
    CHECK(report_of(late, "heppu").at("status").as_string() == "stale");
}

TEST_CASE("old pages stand in, each once, for a provider that hangs past the client's time") {
    // With seven the call that hangs is the last, so that any behind it would be refused at once.
    for (const std::string quota : {"    quota: {calls: 7, per: 1h}\n", "    quota: {calls: 1000, per: 1h}\n"}) {
        CAPTURE(quota);
        simulators providers{{"heppu:agents=60"}};
        const std::string more = "    page_size: 10\n    timeout: 1m\n    cache: {ttl: 1ms, stale_if_error: 5m}\n";
        const gateway gateway{configuration(providers, {{"heppu", {}, more + quota}})};
        const auto before = page_of(gateway, "/agents?limit=60");
        REQUIRE(before.at("data").as_array().size() == 60);
        providers.set_fault("heppu", R"({"mode": "hang"})");
        providers.forget_requests("heppu");
        const auto after =
            page_behind_the_cache(gateway, "/agents?limit=60", "heppu", {{"X-Request-Timeout-Ms", "700"}});
        CHECK(report_of(after, "heppu").at("status").as_string() == "stale");
        CHECK(after.at("data") == before.at("data"));
        CHECK_FALSE(after.at("page").as_object().at("has_more").as_bool());
        CHECK(providers.request_count("heppu") == 1);  // once its time is up no more is asked for
    }
}

TEST_CASE("a list that contradicts itself about its end does not pass as complete") {
    four_provider_deployment deployment{quick};
    deployment.providers.set_fault("hyperrep", R"({"mode": "body", "body": "{\"data\": [{\"agent_id\": \"a\"}]}"})");
    deployment.providers.set_fault("converra",
                                   R"({"mode": "body", "body": "{\"data\": [], \"pagination\": {\"total\": 50}}"})");
    const auto page = page_of(deployment.gateway, "/agents");
    CHECK(page.at("partial").as_bool());
    CHECK(report_of(page, "hyperrep").at("status").as_string() == "invalid_response");
    CHECK(report_of(page, "hyperrep").at("count").to_number<int>() == 1);
    CHECK(report_of(page, "converra").at("status").as_string() == "invalid_response");
}

TEST_CASE("hostile answers become honest failures and the gateway lives on") {
    four_provider_deployment deployment{"    cache: {ttl: 0s}\n    timeout: 2s\n    answer_bytes: 1MiB\n"};
    const std::string deep(100'000, '[');
    const std::string_view bodies[] = {
        R"({\"success\": true, \"data\": {\"agents\": [1,,2]}})",
        R"({\"success\": true, \"data\": {\"agents\": [{\"id\": tru}]}})",
        R"({\"success\": true, \"data\": {\"agents\": [{\"id\": \"a\\qb\"}]}})",
        R"({\"success\": true, \"data\": {\"agents\": [{\"id\": \"a\"}]}} trailing)",
        R"({\"success\": true, \"data\": {\"agents\": [{\"id\": \"a\"}]})",
    };
    for (const std::string_view body : bodies) {
        CAPTURE(body);
        deployment.providers.set_fault("heppu", R"({"mode": "body", "body": ")" + std::string{body} + R"("})");
        CHECK(report_of(page_of(deployment.gateway, "/agents"), "heppu").at("status").as_string() ==
              "invalid_response");
    }
    deployment.providers.set_fault("heppu", R"({"mode": "body", "body": ")" + deep + R"("})");
    CHECK(report_of(page_of(deployment.gateway, "/agents"), "heppu").at("status").as_string() == "invalid_response");
    deployment.providers.set_fault("heppu", R"({"mode": "body", "body": ")" + std::string(2'000'000, ' ') + R"("})");
    CHECK(report_of(page_of(deployment.gateway, "/agents"), "heppu").at("status").as_string() == "invalid_response");
    deployment.providers.clear_fault("heppu");
    CHECK(report_of(page_of(deployment.gateway, "/agents"), "heppu").at("status").as_string() == "ok");
}

TEST_CASE("equal requests at the same time cost each provider one call") {
    four_provider_deployment deployment{"    cache: {ttl: 1m}\n"};
    for (const std::string name : {"hyperrep", "heppu", "converra", "agenthuman"}) {
        deployment.providers.forget_requests(name);
        deployment.providers.set_fault(name, R"({"mode": "delay", "ms": 200})");
    }
    std::vector<std::thread> clients;
    std::atomic<int> good{0};
    for (int i = 0; i < 100; ++i) {
        clients.emplace_back([&] { good += deployment.gateway.get("/agents?limit=20").status == 200; });
    }
    for (auto& client : clients)
        client.join();
    CHECK(good == 100);
    for (const std::string name : {"hyperrep", "heppu", "converra", "agenthuman"}) {
        CAPTURE(name);
        CHECK(deployment.providers.request_count(name) == 1);
    }
}

TEST_CASE("no-cache asks every provider afresh") {
    four_provider_deployment deployment{"    cache: {ttl: 1m}\n"};
    page_of(deployment.gateway, "/agents");
    deployment.providers.forget_requests("heppu");
    page_of(deployment.gateway, "/agents");
    CHECK(deployment.providers.request_count("heppu") == 0);
    page_of(deployment.gateway, "/agents", {{"Cache-Control", "no-cache"}});
    CHECK(deployment.providers.request_count("heppu") == 1);
}
