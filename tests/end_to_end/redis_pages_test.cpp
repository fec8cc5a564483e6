// Replicas that share pages: one call for all of them, writes that all of them see, and pages that are none.
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/replicas.hpp"

#include <sstream>

namespace {

using namespace rollcall::testing;

/// The keys of Redis that hold pages.
std::vector<std::string> page_keys(const redis_server& redis) {
    std::istringstream text(redis.ask({"KEYS", "rollcall:*:page:*"}));
    std::vector<std::string> keys;
    for (std::string line; std::getline(text, line);)
        if (!line.empty()) keys.push_back(line);
    return keys;
}

std::string name_on(const gateway& gateway, const std::string& id) {
    const auto got = gateway.get("/agents/" + id);
    REQUIRE_MESSAGE(got.status == 200, got.body);
    return text_of(object_in(got), "name");
}

}  // namespace

TEST_CASE("a page that one replica has fetched costs the others no call, and is as old there as it is") {
    replicas deployment{"    cache: {ttl: 10m}\n"};
    const auto first = page_of(*deployment.gateways[0], "/agents?limit=20");
    CHECK(becomes_true([&] { return page_keys(deployment.redis).size() == 1; }));
    CHECK(becomes_true([&] {
        return report_of(page_of(*deployment.gateways[0], "/agents?limit=20"), "heppu").at("age_ms").to_number<int>() >=
               50;
    }));
    for (std::size_t i = 1; i < deployment.gateways.size(); ++i) {
        const auto page = page_of(*deployment.gateways[i], "/agents?limit=20");
        CHECK(page.at("data") == first.at("data"));
        CHECK(report_of(page, "heppu").at("status").as_string() == "ok");
        CHECK(report_of(page, "heppu").at("age_ms").to_number<int>() >= 50);
        CHECK(metric_of(*deployment.gateways[i], R"(rollcall_cache_events_total{event="shared",provider="heppu"})") ==
              "1");
    }
    CHECK(deployment.providers.request_count("heppu") == 1);
    // Who asks afresh is answered by the provider.
    (void)page_of(*deployment.gateways[1], "/agents?limit=20", {{"Cache-Control", "no-cache"}});
    CHECK(deployment.providers.request_count("heppu") == 2);
}

TEST_CASE("a whole walk through pages of other replicas gives every agent once, and costs no call") {
    replicas deployment{"    cache: {ttl: 10m}\n    page_size: 20\n", "heppu:agents=113", 2};
    const auto there = walk(*deployment.gateways[0], "limit=50");
    const auto calls = deployment.providers.request_count("heppu");
    CHECK(becomes_true([&] { return page_keys(deployment.redis).size() == calls; }));
    const auto here = walk(*deployment.gateways[1], "limit=50");
    CHECK(here.times.size() == 113);
    CHECK(here.agents == there.agents);
    CHECK(deployment.providers.request_count("heppu") == calls);
}

TEST_CASE("a write on one replica is seen by the next read on every other") {
    replicas deployment{std::string{kept_long}, "converra:agents=12"};
    const std::string id =
        "converra:" + std::string{deployment.providers.agents("converra").at(0).at("id").as_string()};
    for (int round = 0; round < 10; ++round) {
        for (const auto& gateway : deployment.gateways)
            (void)name_on(*gateway, id);
        const std::string name = "name " + std::to_string(round);
        const auto& writer = *deployment.gateways[static_cast<std::size_t>(round) % deployment.gateways.size()];
        REQUIRE(writer.request("PATCH", "/agents/" + id, json_type, R"({"name": ")" + name + "\"}").status == 200);
        CHECK(name_on(writer, id) == name);
        // Telling them takes a moment, which a client cannot notice but a test on the same machine might.
        for (const auto& gateway : deployment.gateways)
            CHECK(becomes_true([&] { return name_on(*gateway, id) == name; }));
    }
}

TEST_CASE("a write that Redis could not be told of is told when it is there again") {
    replicas deployment{std::string{kept_long}, "converra:agents=12", 2};
    const std::string id =
        "converra:" + std::string{deployment.providers.agents("converra").at(0).at("id").as_string()};
    (void)name_on(*deployment.gateways[1], id);
    deployment.redis.freeze();
    for (const auto& gateway : deployment.gateways)
        CHECK(becomes_connected(*gateway, false));
    const auto& writer = *deployment.gateways[0];
    REQUIRE(writer.request("PATCH", "/agents/" + id, json_type, R"({"name": "meanwhile"})").status == 200);
    CHECK(name_on(writer, id) == "meanwhile");
    deployment.redis.thaw();
    for (const auto& gateway : deployment.gateways)
        CHECK(becomes_connected(*gateway));
    CHECK(becomes_true([&] { return name_on(*deployment.gateways[1], id) == "meanwhile"; }));
    CHECK(name_on(writer, id) == "meanwhile");
}

TEST_CASE("what somebody has put into Redis in place of a page is no page, and the provider is asked") {
    replicas deployment{"    cache: {ttl: 10m}\n", "heppu:agents=5", 2};
    const auto there = page_of(*deployment.gateways[0], "/agents");
    CHECK(becomes_true([&] { return page_keys(deployment.redis).size() == 1; }));
    deployment.redis.ask({"HSET", page_keys(deployment.redis).at(0), "body", "{\"agents\": [tru"});
    const auto here = page_of(*deployment.gateways[1], "/agents");
    CHECK(here.at("data") == there.at("data"));
    CHECK(deployment.providers.request_count("heppu") == 2);
}

TEST_CASE("replicas with different credentials share nothing") {
    replicas deployment{"    cache: {ttl: 10m}\n", "heppu:agents=5", 1};
    (void)page_of(*deployment.gateways[0], "/agents");
    CHECK(becomes_true([&] { return page_keys(deployment.redis).size() == 1; }));
    const gateway other{configuration(deployment.providers,
                                      {{"heppu", {}, "    cache: {ttl: 10m}\n", "a-key-that-was-withdrawn"}},
                                      "redis: {url: \"" + deployment.redis.url() + "\"}\n")};
    CHECK(becomes_connected(other));
    CHECK(problem_of(other.get("/agents")) == "502 upstream_auth_failed");
    CHECK(deployment.redis.ask({"KEYS", "*"}).find("test-key") == std::string::npos);
}

TEST_CASE("failures are not shared") {
    replicas deployment{"    cache: {ttl: 10m}\n", "heppu:agents=5", 2};
    CHECK(deployment.gateways[0]->get("/agents/heppu:nobody").status == 404);
    CHECK(deployment.gateways[1]->get("/agents/heppu:nobody").status == 404);
    CHECK(deployment.providers.request_count("heppu") == 2);
    CHECK(page_keys(deployment.redis).empty());
}
