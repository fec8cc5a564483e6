// Walking the cursor to its end: every agent of every provider exactly once.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

namespace {

using namespace rollcall::testing;

constexpr std::string_view short_cache = "    cache: {ttl: 1m}\n";

/// The ids that a walk must yield: each of the simulator's own, under its provider's name.
std::set<std::string> expected_ids(simulators& providers, const std::map<std::string, std::string>& id_member) {
    std::set<std::string> ids;
    for (const auto& [provider, member] : id_member) {
        for (const auto& agent : providers.agents(provider)) {
            const auto& id = agent.at(member);
            ids.insert(provider + ":" + (id.is_string() ? std::string{id.as_string()} : boost::json::serialize(id)));
        }
    }
    return ids;
}

const std::map<std::string, std::string> four_id_members{
    {"hyperrep", "agent_id"}, {"heppu", "id"}, {"converra", "id"}, {"agenthuman", "agent_id"}};

void check_each_once(const walk_result& walked, const std::set<std::string>& expected) {
    CHECK(walked.times.size() == expected.size());
    for (const auto& [id, times] : walked.times) {
        CHECK_MESSAGE(times == 1, id);
        CHECK_MESSAGE(expected.contains(id), id);
    }
}

}  // namespace

TEST_CASE("the walk gives all 243 agents of four providers, each once, whatever the limit") {
    four_provider_deployment deployment{short_cache};
    const auto expected = expected_ids(deployment.providers, four_id_members);
    REQUIRE(expected.size() == 243);
    for (const int limit : {1, 3, 7, 50, 200}) {
        CAPTURE(limit);
        check_each_once(walk(deployment.gateway, "limit=" + std::to_string(limit)), expected);
    }
}

TEST_CASE("the walk gives each agent once for every limit from 1 to 200") {
    four_provider_deployment deployment{short_cache};
    const auto expected = expected_ids(deployment.providers, four_id_members);
    for (int limit = 1; limit <= 200; ++limit) {
        CAPTURE(limit);
        check_each_once(walk(deployment.gateway, "fields=name&limit=" + std::to_string(limit)), expected);
    }
}

TEST_CASE("the walk gives each agent once whatever the providers' page sizes") {
    for (const int size : {1, 2, 3, 7, 20, 50, 64, 100}) {
        CAPTURE(size);
        simulators providers{four_simulators()};
        auto setups = four_providers(short_cache);
        // Agent Human has no pages whose size could be chosen.
        for (std::size_t i = 0; i < 3; ++i)
            setups[i].more += "    page_size: " + std::to_string(size) + "\n";
        const gateway gateway{configuration(providers, setups)};
        const auto expected = expected_ids(providers, four_id_members);
        for (const int limit : {1, 13, 50, 200}) {
            CAPTURE(limit);
            check_each_once(walk(gateway, "fields=name&limit=" + std::to_string(limit)), expected);
        }
    }
}

TEST_CASE("a page is filled in equal shares and in the order of the configuration") {
    four_provider_deployment deployment;
    const auto page = page_of(deployment.gateway, "/agents?limit=20");
    std::vector<std::string> order;
    for (const auto& agent : page.at("data").as_array())
        order.emplace_back(agent.at("provider").as_string());
    CHECK(std::is_sorted(order.begin(), order.end(), [](const std::string& left, const std::string& right) {
        const std::vector<std::string> configured{"hyperrep", "heppu", "converra", "agenthuman"};
        return std::ranges::find(configured, left) < std::ranges::find(configured, right);
    }));
    for (const auto& report : page.at("providers").as_array()) {
        CHECK(report.at("count").to_number<int>() == 5);
        CHECK(report.at("status").as_string() == "ok");
        CHECK(report.at("has_more").as_bool());
    }
    CHECK_FALSE(page.at("partial").as_bool());
}

TEST_CASE("shares that small providers cannot use go to the others") {
    four_provider_deployment deployment;
    const auto page = page_of(deployment.gateway, "/agents?limit=200");
    CHECK(page.at("page").at("count").to_number<int>() == 200);
    CHECK(report_of(page, "hyperrep").at("count").to_number<int>() == 37);
    CHECK_FALSE(report_of(page, "hyperrep").at("has_more").as_bool());
    CHECK(report_of(page, "agenthuman").at("count").to_number<int>() == 29);
    CHECK(report_of(page, "heppu").at("count").to_number<int>() +
              report_of(page, "converra").at("count").to_number<int>() ==
          134);

    const auto cursor = std::string{page.at("page").at("next_cursor").as_string()};
    const auto last = page_of(deployment.gateway, "/agents?limit=200&cursor=" + cursor);
    CHECK(report_of(last, "hyperrep").at("status").as_string() == "exhausted");
    CHECK(last.at("page").at("next_cursor").is_null());
}

TEST_CASE("the same cursor gives the same page") {
    four_provider_deployment deployment;
    const auto first = page_of(deployment.gateway, "/agents?limit=11");
    const std::string target = "/agents?limit=11&cursor=" + std::string{first.at("page").at("next_cursor").as_string()};
    CHECK(page_of(deployment.gateway, target).at("data") == page_of(deployment.gateway, target).at("data"));
}

TEST_CASE("the same product configured twice makes two providers") {
    simulators providers{{"heppu@first:agents=5,key=key-one", "heppu@second:agents=8,key=key-two"}};
    const gateway gateway{
        configuration(providers, {{"first", "heppu", {}, "key-one"}, {"second", "heppu", {}, "key-two"}})};
    const auto walked = walk(gateway, "limit=3");
    CHECK(walked.times.size() == 13);
    CHECK(std::ranges::count_if(walked.times, [](const auto& entry) { return entry.first.starts_with("second:"); }) ==
          8);
}

TEST_CASE("providers of other products need a profile and no code") {
    simulators providers{
        {"freshdesk:agents=71", "retell:agents=45", "assistants:agents=33", "freshdesk@linked:agents=40"}};
    const std::string folder = std::string{ROLLCALL_SOURCE} + "/tests/profiles/";
    for (const int size : {1, 7, 30, 100}) {
        CAPTURE(size);
        const std::string more = "    page_size: " + std::to_string(size) + "\n" + std::string{short_cache};
        const gateway gateway{
            configuration(providers, {{"freshdesk", folder + "freshdesk.yaml", more, "test-key-freshdesk:X"},
                                      {"retell", folder + "retell.yaml", more},
                                      {"assistants", folder + "assistants.yaml", more},
                                      {"linked", folder + "freshdesk-link.yaml", more, "test-key-freshdesk:X"}})};
        const auto expected = expected_ids(
            providers, {{"freshdesk", "id"}, {"retell", "agent_id"}, {"assistants", "id"}, {"linked", "id"}});
        REQUIRE(expected.size() == 71 + 45 + 33 + 40);
        for (const int limit : {1, 10, 200}) {
            CAPTURE(limit);
            check_each_once(walk(gateway, "limit=" + std::to_string(limit)), expected);
        }
    }
}

TEST_CASE("a page token that comes again ends the provider's walk as a fault and spoils nothing else") {
    simulators providers{{"hyperrep:agents=30", "heppu:agents=5"}};
    const gateway gateway{configuration(providers, {{"hyperrep", {}, "    page_size: 10\n"}, {"heppu"}})};
    providers.set_fault("hyperrep", R"({"mode": "repeat_token"})");
    std::string cursor;
    std::map<std::string, int> times;
    std::string last_status;
    for (int pages = 0; pages < 20; ++pages) {
        const auto answer = gateway.get("/agents?limit=10" + cursor);
        if (answer.status != 200) {
            last_status = problem_of(answer);
            break;
        }
        const auto page = boost::json::parse(answer.body).as_object();
        for (const auto& agent : page.at("data").as_array())
            ++times[std::string{agent.at("id").as_string()}];
        cursor = "&cursor=" + std::string{page.at("page").at("next_cursor").as_string()};
    }
    CHECK(last_status == "502 upstream_invalid_response");
    // The first page is asked for without a token, so a token that leads back to it is known only when it comes again.
    CHECK(std::ranges::all_of(
        times, [](const auto& entry) { return entry.second <= (entry.first.starts_with("hyperrep:") ? 2 : 1); }));
    CHECK(std::ranges::count_if(times, [](const auto& entry) { return entry.first.starts_with("heppu:"); }) == 5);
}
