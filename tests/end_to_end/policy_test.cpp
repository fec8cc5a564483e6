// What protects a provider, seen from both its sides: breaker, quota and retry budget, by the calls that it gets.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <sstream>
#include <thread>

namespace {

using namespace rollcall::testing;
using clock = std::chrono::steady_clock;

const std::string never_left_alone = "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n";
constexpr std::string_view opens_after_three =
    "    breaker: {consecutive_failures: 3, failing_for: 0s, open_for: 10m, open_at_most: 10m}\n";

/// Heppu as `more` has it, and Converra beside it.
struct two_providers {
    explicit two_providers(const std::string& more)
        : providers({"heppu:agents=113", "converra:agents=10"}),
          gateway(configuration(providers, {{"heppu", {}, more}, {"converra", {}, "    cache: {ttl: 0s}\n"}})) {}

    /// The value of one series of the metrics; empty where it is not there.
    std::string metric(const std::string& series) const {
        std::istringstream text(gateway.admin("/metrics").body);
        for (std::string line; std::getline(text, line);) {
            if (line.starts_with(series + ' ')) return line.substr(series.size() + 1);
        }
        return {};
    }
    boost::json::value health() const {
        const auto listed = boost::json::parse(gateway.get("/providers").body);
        return listed.at("data").at(0).at("health");
    }
    std::string heppu_id(std::size_t index) {
        return "heppu:" + std::string{providers.agents("heppu").at(index).at("id").as_string()};
    }

    simulators providers;
    rollcall::testing::gateway gateway;
};

std::string status_of(const boost::json::object& page, std::string_view provider = "heppu") {
    return std::string{report_of(page, provider).at("status").as_string()};
}

}  // namespace

TEST_CASE("a provider that keeps failing is left alone: its calls stop, and each page says so") {
    two_providers deployment{"    cache: {ttl: 0s}\n" + std::string{opens_after_three}};
    deployment.providers.set_fault("heppu", R"({"mode": "status", "status": 500})");
    for (int i = 0; i < 3; ++i)
        CHECK(status_of(page_of(deployment.gateway, "/agents")) == "error");
    deployment.providers.forget_requests("heppu");
    for (int i = 0; i < 20; ++i) {
        const auto page = page_of(deployment.gateway, "/agents");
        CHECK(status_of(page) == "circuit_open");
        CHECK(status_of(page, "converra") == "ok");
        const auto error = report_of(page, "heppu").at("error");
        CHECK(error.at("code").as_string() == "circuit_open");
        CHECK(error.at("retry_after_s").to_number<int>() > 300);
    }
    const auto alone = deployment.gateway.get("/agents?provider=heppu");
    CHECK(problem_of(alone) == "503 circuit_open");
    CHECK(alone.has("retry-after"));
    CHECK(deployment.providers.request_count("heppu") == 0);
    CHECK(deployment.health().at("breaker").as_string() == "open");
    CHECK(deployment.metric(R"(rollcall_upstream_breaker_state{provider="heppu"})") == "2");
    CHECK(deployment.metric(R"(rollcall_upstream_breaker_state{provider="converra"})") == "0");
    CHECK(deployment.metric(R"(rollcall_upstream_shed_total{provider="heppu",reason="breaker"})") == "21");
}

TEST_CASE("a provider that is well again is asked again, first by one call at a time") {
    two_providers deployment{
        "    cache: {ttl: 0s}\n    breaker: {consecutive_failures: 3, failing_for: 0s, open_for: 100ms}\n"};
    deployment.providers.set_fault("heppu", R"({"mode": "status", "status": 500})");
    std::string status;
    const auto until = clock::now() + std::chrono::seconds{30};
    while (status != "circuit_open" && clock::now() < until)
        status = status_of(page_of(deployment.gateway, "/agents"));
    REQUIRE(status == "circuit_open");
    deployment.providers.clear_fault("heppu");
    while (deployment.health().at("breaker").as_string() != "closed" && clock::now() < until)
        status = status_of(page_of(deployment.gateway, "/agents"));
    CHECK(status == "ok");
    CHECK(deployment.metric(R"(rollcall_upstream_breaker_state{provider="heppu"})") == "0");
    CHECK(deployment.metric(R"(rollcall_upstream_breaker_transitions_total{provider="heppu",to="closed"})") == "1");
}

TEST_CASE("while a provider is left alone its old pages stand in, and say why") {
    two_providers deployment{"    cache: {ttl: 1ms, stale_if_error: 5m}\n" + std::string{opens_after_three}};
    const auto before = page_of(deployment.gateway, "/agents?limit=20");
    deployment.providers.set_fault("heppu", R"({"mode": "status", "status": 500})");
    for (int i = 0; i < 3; ++i)
        CHECK(status_of(page_behind_the_cache(deployment.gateway, "/agents?limit=20", "heppu")) == "stale");
    deployment.providers.forget_requests("heppu");
    const auto after = page_of(deployment.gateway, "/agents?limit=20");
    CHECK(status_of(after) == "stale");
    CHECK(report_of(after, "heppu").at("error").at("code").as_string() == "circuit_open");
    CHECK_FALSE(after.at("partial").as_bool());
    CHECK(after.at("data") == before.at("data"));
    CHECK(deployment.providers.request_count("heppu") == 0);
}

TEST_CASE("the sixth call within a quota of five is not made, and says when it can be") {
    two_providers deployment{"    cache: {ttl: 1m}\n    quota: {calls: 5, per: 1m}\n"};
    CHECK(deployment.metric(R"(rollcall_upstream_quota_remaining{provider="heppu"})") == "5");
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(deployment.gateway.get("/agents/" + deployment.heppu_id(i)).status == 200);
    const auto sixth = deployment.gateway.get("/agents/" + deployment.heppu_id(5));
    CHECK(problem_of(sixth) == "503 upstream_rate_limited");
    CHECK(sixth.has("retry-after"));
    const auto page = page_of(deployment.gateway, "/agents");
    CHECK(status_of(page) == "rate_limited");
    const auto error = report_of(page, "heppu").at("error");
    CHECK(error.at("code").as_string() == "upstream_rate_limited");
    CHECK(error.at("retry_after_s").to_number<int>() > 0);
    CHECK(error.at("retry_after_s").to_number<int>() <= 61);
    // What is kept is still given.
    CHECK(deployment.gateway.get("/agents/" + deployment.heppu_id(0)).status == 200);
    CHECK(deployment.providers.request_count("heppu") == 5);
    const auto quota = deployment.health().at("quota");
    CHECK(quota.at("calls").to_number<int>() == 5);
    CHECK(quota.at("per_s").to_number<int>() == 60);
    CHECK(quota.at("left").to_number<int>() == 0);
    CHECK(deployment.metric(R"(rollcall_upstream_quota_remaining{provider="heppu"})") == "0");
    CHECK(deployment.health().at("second_attempts_left").to_number<int>() == 30);
    CHECK(deployment.metric(R"(rollcall_upstream_retry_budget_remaining{provider="heppu"})") == "30");
    CHECK(deployment.metric(R"(rollcall_upstream_shed_total{provider="heppu",reason="quota"})") == "2");
}

TEST_CASE("a provider that closes its connections under calls receives no more than its quota all the same") {
    two_providers deployment{"    cache: {ttl: 0s}\n    quota: {calls: 20, per: 1m}\n" + never_left_alone};
    deployment.providers.set_fault("heppu", R"({"mode": "close", "every": 2})");
    for (std::size_t i = 0; i < 40; ++i)
        deployment.gateway.get("/agents/heppu:a-" + std::to_string(i));
    CHECK(deployment.providers.request_count("heppu") == 20);
}

TEST_CASE("each provider's deadline, cache and connections are told to whoever asks") {
    two_providers deployment{"    cache: {ttl: 20s, stale_if_error: 1h}\n    timeout: 1500ms\n    hedging: true\n"};
    const auto told = [&] { return page_of(deployment.gateway, "/providers").at("data").as_array(); };
    CHECK(told().at(0).at("health").at("connections").to_number<int>() == 0);
    page_of(deployment.gateway, "/agents");
    const auto listed = told();
    const auto& heppu = listed.at(0);
    CHECK(heppu.at("health").at("connections").to_number<int>() == 1);
    CHECK(heppu.at("timeout_ms").to_number<int>() == 1500);
    CHECK(heppu.at("hedging").as_bool());
    CHECK(heppu.at("cache").at("ttl_ms").to_number<int>() == 20'000);
    CHECK(heppu.at("cache").at("stale_while_revalidate_ms").to_number<int>() == 0);
    CHECK(heppu.at("cache").at("stale_if_error_ms").to_number<int>() == 3'600'000);
    CHECK(listed.at(1).at("timeout_ms").to_number<int>() == 2000);
    CHECK_FALSE(listed.at(1).at("hedging").as_bool());
    CHECK(listed.at(1).at("cache").is_null());
}

TEST_CASE("a hundred equal lists at once cost one call for each page, and so a small quota suffices") {
    two_providers deployment{"    cache: {ttl: 1m}\n    quota: {calls: 5, per: 1m}\n"};
    deployment.providers.set_fault("heppu", R"({"mode": "delay", "ms": 200})");
    std::vector<std::thread> clients;
    std::atomic<int> whole{0};
    for (int i = 0; i < 100; ++i) {
        clients.emplace_back([&] {
            const auto answer = deployment.gateway.get("/agents?provider=heppu&limit=200");
            whole += answer.status == 200 && boost::json::parse(answer.body).at("data").as_array().size() == 113;
        });
    }
    for (auto& client : clients)
        client.join();
    CHECK(whole == 100);
    CHECK(deployment.providers.request_count("heppu") == 2);
}

TEST_CASE("a provider that says 429 is not asked before the time that it named") {
    two_providers deployment{"    cache: {ttl: 0s}\n"};
    deployment.providers.set_fault("heppu", R"({"mode": "rate_limited", "retry_after": 600, "times": 1})");
    for (int i = 0; i < 5; ++i) {
        const auto page = page_of(deployment.gateway, "/agents");
        CHECK(status_of(page) == "rate_limited");
        const int wait = report_of(page, "heppu").at("error").at("retry_after_s").to_number<int>();
        CHECK(wait > 500);
        CHECK(wait <= 600);
    }
    CHECK(deployment.providers.request_count("heppu") == 1);
    CHECK(deployment.health().at("quota").at("left").to_number<int>() == 0);
}

TEST_CASE("what a provider announces of its quota is believed") {
    const simulators providers{{"agenthuman:agents=5"}};
    const gateway gateway{configuration(providers, {{"agenthuman", {}, "    cache: {ttl: 0s}\n"}})};
    page_of(gateway, "/agents");
    const auto listed = boost::json::parse(gateway.get("/providers").body);
    const auto quota = listed.at("data").at(0).at("health").at("quota");
    CHECK(quota.at("calls").to_number<int>() == 1'000'000);
    CHECK(quota.at("left").to_number<int>() == 59);
}

TEST_CASE("the answer that came too late for a client in a hurry is kept for the next") {
    two_providers deployment{"    cache: {ttl: 1m}\n    timeout: 20s\n"};
    deployment.providers.set_fault("heppu", R"({"mode": "delay", "ms": 500})");
    const std::string slow = "/agents/" + deployment.heppu_id(0);
    CHECK(problem_of(deployment.gateway.get(slow, {{"X-Request-Timeout-Ms", "150"}})) == "504 upstream_timeout");
    CHECK(deployment.gateway.get(slow).status == 200);
    CHECK(deployment.providers.request_count("heppu") == 1);
}

TEST_CASE("clients in a hurry do not hide that a provider hangs") {
    two_providers deployment{"    cache: {ttl: 1m}\n    timeout: 400ms\n" + std::string{opens_after_three}};
    const header_list hurry{{"X-Request-Timeout-Ms", "150"}};
    deployment.providers.set_fault("heppu", R"({"mode": "hang"})");
    const auto is_open = [&] {
        return deployment.metric(R"(rollcall_upstream_breaker_state{provider="heppu"})") == "2";
    };
    std::size_t asked = 0;
    for (const auto until = clock::now() + default_timeout; !is_open() && clock::now() < until;)
        deployment.gateway.get("/agents/heppu:a-" + std::to_string(++asked), hurry);
    CHECK(is_open());
    CHECK(problem_of(deployment.gateway.get("/agents/heppu:another", hurry)) == "503 circuit_open");
}

TEST_CASE("in an outage a provider gets less than 1.1 times the calls of the clients") {
    struct row {
        std::string fault;
        std::string breaker;
        bool opens;
    };
    const row rows[] = {
        {R"({"mode": "status", "status": 503})", "", true},
        {R"({"mode": "status", "status": 503})", never_left_alone, false},
        // Every other answer leaves a connection to be kept, and the next request finds it closed.
        {R"({"mode": "close", "every": 2})", "", true},
        {R"({"mode": "close", "every": 2})", never_left_alone, false},
    };
    for (const row& row : rows) {
        CAPTURE(row.fault);
        CAPTURE(row.breaker);
        two_providers deployment{"    cache: {ttl: 0s}\n" + row.breaker};
        deployment.providers.set_fault("heppu", row.fault);
        constexpr int calls_each = 200;
        constexpr int clients = 4;
        const auto began = clock::now();
        std::vector<std::thread> threads;
        for (int client = 0; client < clients; ++client) {
            threads.emplace_back([&, client] {
                connection connection{deployment.gateway.public_port()};
                for (int i = 0; i < calls_each; ++i)
                    connection.get("/agents/heppu:a-" + std::to_string(client) + "-" + std::to_string(i));
            });
        }
        for (auto& thread : threads)
            thread.join();
        const double seconds = std::chrono::duration<double>(clock::now() - began).count();
        const auto count = static_cast<double>(deployment.providers.request_count("heppu"));
        if (row.opens) {
            CHECK(count < 1.1 * clients * calls_each);
        } else {
            // Without the breaker it is the budget alone: what was kept, a tenth, and three a second.
            CHECK(count <= 1.1 * clients * calls_each + 30 + 3 * seconds + 1);
            CHECK(count > clients * calls_each);
            CHECK(deployment.health().at("second_attempts_left").to_number<int>() < 30);
        }
    }
}
