// Old pages that are given at once, late calls that are made twice, and the time that a provider is told: by what
// clients see and what reaches the provider.
#include "tests/end_to_end/deployment.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

namespace {

using namespace rollcall::testing;
using clock = std::chrono::steady_clock;

/// Heppu alone, with further lines of its entry.
struct heppu_alone {
    explicit heppu_alone(const std::string& more, const std::string& profile = "heppu")
        : providers({"heppu:agents=30"}), gateway(configuration(providers, {{"heppu", profile, more}})) {}

    std::string metric(const std::string& series) const {
        std::istringstream text(gateway.admin("/metrics").body);
        for (std::string line; std::getline(text, line);) {
            if (line.starts_with(series + ' ')) return line.substr(series.size() + 1);
        }
        return {};
    }
    std::string path_of(std::size_t index) {
        return "/agents/heppu:" + std::string{providers.agents("heppu").at(index).at("id").as_string()};
    }

    simulators providers;
    rollcall::testing::gateway gateway;
};

template<class Condition>
bool comes_true(Condition condition) {
    for (const auto until = clock::now() + std::chrono::seconds{20}; clock::now() < until;) {
        if (condition()) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("a page that is old is given at once as it is, while the provider is asked for a new one") {
    heppu_alone deployment{"    cache: {ttl: 1ms, stale_while_revalidate: 10m}\n"};
    const auto first = page_of(deployment.gateway, "/agents?limit=30");
    // Whatever becomes of the provider, clients get what was kept, and get it without waiting.
    for (const std::string_view fault : {R"({"mode": "delay", "ms": 1500})", R"({"mode": "status", "status": 500})"}) {
        deployment.providers.set_fault("heppu", fault);
        const auto began = clock::now();
        for (int i = 0; i < 20; ++i) {
            const auto page = page_of(deployment.gateway, "/agents?limit=30");
            const auto report = report_of(page, "heppu");
            CHECK(report.at("status").as_string() == "ok");
            CHECK(report.at("age_ms").to_number<int>() >= 0);
            CHECK_FALSE(report.contains("error"));
            CHECK(page.at("data") == first.at("data"));
        }
        CHECK(clock::now() - began < std::chrono::milliseconds{1400});
        CHECK(deployment.gateway.get("/agents?limit=30").has("age"));
    }
    // Not one for each page, nor for each failure.
    CHECK(deployment.providers.request_count("heppu") < 10);
    CHECK(std::stoi(deployment.metric(R"(rollcall_cache_events_total{event="refreshed",provider="heppu"})")) >= 20);
    CHECK(deployment.metric(R"(rollcall_cache_events_total{event="stale",provider="heppu"})") == "0");
    const auto afresh = deployment.gateway.get("/agents?limit=30", {{"Cache-Control", "no-cache"}});
    CHECK(afresh.status == 502);
}

TEST_CASE("an agent that is gone at the provider is soon not found, however long old answers may be given") {
    heppu_alone deployment{"    cache: {ttl: 1ms, stale_while_revalidate: 10m}\n"};
    const std::string path = deployment.path_of(3);
    CHECK(deployment.gateway.get(path).status == 200);
    deployment.providers.set_fault("heppu", R"({"mode": "status", "status": 404})");
    CHECK(comes_true([&] { return deployment.gateway.get(path).status == 404; }));
}

TEST_CASE("a read that hangs at a provider that is else quick is asked once more, and answered by that") {
    heppu_alone deployment{"    cache: {ttl: 0s}\n    hedging: true\n    timeout: 20s\n"};
    for (int i = 0; i < 30; ++i)
        REQUIRE(deployment.gateway.get(deployment.path_of(1)).status == 200);
    deployment.providers.forget_requests("heppu");
    deployment.providers.set_fault("heppu", R"({"mode": "hang", "times": 1})");
    CHECK(deployment.gateway.get(deployment.path_of(2)).status == 200);
    CHECK(deployment.providers.request_count("heppu") == 2);
    CHECK(deployment.metric(R"(rollcall_upstream_retries_total{operation="get",provider="heppu"})") == "0");
}

TEST_CASE("a provider is told how long a call may take, where its profile names a header for it") {
    const temporary_directory folder;
    std::stringstream profile;
    profile << std::ifstream{std::string{ROLLCALL_SOURCE} + "/config/profiles/heppu.yaml"}.rdbuf();
    folder.write("timed.yaml", profile.str() + "\ndeadline_header: X-Time-Left\n");
    heppu_alone deployment{"    cache: {ttl: 0s}\n    timeout: 1500ms\n", folder.path().string() + "/timed.yaml"};
    page_of(deployment.gateway, "/agents?limit=10");
    CHECK(deployment.gateway.get(deployment.path_of(1), {{"X-Request-Timeout-Ms", "700"}}).status == 200);
    const auto asked = deployment.providers.requests("heppu").at("requests").as_array();
    REQUIRE(asked.size() == 2);
    for (const auto& request : asked) {
        // Each call is made with the provider's own time for all who wait for it, however hurried its first client is.
        const int told = std::stoi(std::string{request.at("headers").at("x-time-left").as_string()});
        CHECK(told > 500);
        CHECK(told <= 1500);
    }
}
