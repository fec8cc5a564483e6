// The same page, asked for again and again: what may stay as it was, and what may not.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/simulator_calls.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::testing {
namespace {

using clock = std::chrono::steady_clock;
constexpr int often = 8;

/// One connection stays on one thread, so that what is asked twice there is asked of the same.
json::object page_on(connection& client, std::string_view target = "/agents", const header_list& headers = {}) {
    const response answer = client.get(target, headers);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return object_in(answer);
}

/// A page without what grows and what is made anew.
json::object lasting(json::object page) {
    page.at("page").as_object().erase("next_cursor");
    for (json::value& report : page.at("providers").as_array()) {
        report.as_object().erase("age_ms");
        report.as_object().erase("latency_ms");
    }
    return page;
}

std::int64_t age_of(const json::object& page) {
    return report_of(page, "heppu").at("age_ms").to_number<std::int64_t>();
}

}  // namespace

TEST_CASE("a page that is asked for again is the same, older, and was found in the cache") {
    four_provider_deployment deployment{"    cache: {ttl: 1h}\n"};
    connection client{deployment.gateway.public_port()};
    const auto first = page_on(client);
    std::int64_t age = 0;
    for (int i = 1; i < often; ++i) {
        const response answer = client.get("/agents");
        CHECK(answer.header("x-rollcall-complete") == "true");
        const auto page = object_in(answer);
        CHECK(lasting(page) == lasting(first));
        CHECK(age_of(page) >= age);
        age = age_of(page);
        const auto rest = page_on(client, "/agents?cursor=" + text_of(page.at("page").as_object(), "next_cursor"));
        CHECK(rest.at("page").at("count").to_number<int>() == 50);
        CHECK(rest.at("data").at(0) != page.at("data").at(0));
    }
    CHECK(client.request("HEAD", "/agents").status == 200);
    for (const char* const name : {"hyperrep", "heppu", "converra", "agenthuman"})
        CHECK(deployment.providers.request_count(name) <= 2);
    // The first was none; the others, and the pages behind them, came of the same answer of Heppu's, as HEAD's did.
    const std::string metrics = deployment.gateway.admin("/metrics").body;
    CHECK(contains(metrics, R"(rollcall_cache_events_total{event="hit",provider="heppu"} )" +
                                std::to_string(2 * often - 1) + '\n'));
}

TEST_CASE("a page that is asked for again is as old as it is") {
    simulators providers{{"heppu:agents=5"}};
    const gateway gateway{configuration(providers, {{"heppu", {}, "    cache: {ttl: 1h}\n"}})};
    connection client{gateway.public_port()};
    page_on(client);
    const auto received = clock::now();
    std::int64_t least = 0;
    while (least < 1100) {
        least = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - received).count();
        const response answer = client.get("/agents");
        const auto age = age_of(object_in(answer));
        CHECK(age >= least);
        CHECK(answer.header("age") == std::to_string(age / 1000));
    }
}

TEST_CASE("after no-cache everybody gets what it brought") {
    converra_deployment deployment;
    connection client{deployment.gateway.public_port()};
    json::object before;
    for (int i = 0; i < often; ++i)
        before = page_on(client);
    const std::string added = R"({"name": "Behind the gateway's back", "content": "x", "llmModel": "gpt-4o"})";
    const response made = connection{deployment.providers.url("converra")}.request(
        "POST", "/api/v1/agents", joined(converra_key, json_type), added);
    REQUIRE(made.status < 300);
    CHECK(lasting(page_on(client)) == lasting(before));
    CHECK(page_on(client, "/agents", {{"Cache-Control", "no-cache"}}).at("data").as_array().size() == 13);
    for (int i = 0; i < often; ++i)
        CHECK(page_on(client).at("data").as_array().size() == 13);
}

TEST_CASE("what a write has ended is given to nobody after it, on whichever thread they ask all the time") {
    converra_deployment deployment;
    const std::string id = deployment.first_id();
    std::atomic<bool> done{false};
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&] {
            connection client{deployment.gateway.public_port()};
            while (!done)
                client.get("/agents");
        });
    }
    std::vector<connection> readers;
    for (int i = 0; i < 4; ++i)
        readers.emplace_back(deployment.gateway.public_port());
    for (int round = 0; round < 30; ++round) {
        const std::string name = "Name " + std::to_string(round);
        CHECK(deployment.update(id, R"({"name": ")" + name + "\"}").status == 200);
        for (connection& reader : readers)
            CHECK(contains(reader.get("/agents").body, '"' + name + '"'));
    }
    done = true;
    for (std::thread& client : clients)
        client.join();
}

TEST_CASE("a page that is asked for all the time is fetched anew when its time is up") {
    simulators providers{{"heppu:agents=5"}};
    const gateway gateway{configuration(providers, {{"heppu", {}, "    cache: {ttl: 50ms}\n"}})};
    connection client{gateway.public_port()};
    const auto until = clock::now() + default_timeout;
    while (providers.request_count("heppu") < 4 && clock::now() < until)
        CHECK(age_of(page_on(client)) <= 50);
    CHECK(providers.request_count("heppu") >= 4);
}

TEST_CASE("clients who see different providers ask alike and are answered each their own") {
    const auto one = new_key();
    const auto two = new_key();
    simulators providers{{"heppu:agents=5", "converra:agents=3"}};
    const std::string cache = "    cache: {ttl: 1h}\n";
    const gateway gateway{configuration(providers, {{"heppu", {}, cache}, {"converra", {}, cache}},
                                        access_of({{"one", {one}, ", providers: [heppu]"}, {"two", {two}}}))};
    connection client{gateway.public_port()};
    for (int i = 0; i < often; ++i) {
        CHECK(page_on(client, "/agents", one.header()).at("data").as_array().size() == 5);
        CHECK(page_on(client, "/agents", two.header()).at("data").as_array().size() == 8);
        CHECK(client.get("/agents").status == 401);
    }
}

TEST_CASE("a page made of old answers that stand in is judged anew each time") {
    simulators providers{{"heppu:agents=5"}};
    const gateway gateway{
        configuration(providers, {{"heppu",
                                   {},
                                   "    cache: {ttl: 1ms, stale_if_error: 1h}\n"
                                   "    breaker: {consecutive_failures: 10000, minimum_calls: 100000}\n"}})};
    connection client{gateway.public_port()};
    page_on(client);
    providers.set_fault("heppu", R"({"mode": "status", "status": 500})");
    page_behind_the_cache(gateway, "/agents", "heppu");
    for (int i = 0; i < often; ++i)
        CHECK(report_of(page_on(client), "heppu").at("status").as_string() == "stale");
    providers.clear_fault("heppu");
    const auto until = clock::now() + default_timeout;
    std::string status;
    while (status != "ok" && clock::now() < until)
        status = report_of(page_on(client), "heppu").at("status").as_string();
    CHECK(status == "ok");
}

}  // namespace rollcall::testing
