// The built gateway before simulated providers: configuration, pages and walks.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <chrono>

namespace rollcall::testing {

std::string configuration(const simulators& simulators, const std::vector<provider_setup>& providers,
                          std::string_view top) {
    std::string text =
        "server: {listen: 127.0.0.1:0, admin: 127.0.0.1:0, threads: 2}\n"
        "cursor: {secret: a-secret-for-tests-only}\n";
    text += top;
    text += "providers:\n";
    for (const provider_setup& provider : providers) {
        const std::string profile = provider.profile.empty() ? provider.name : provider.profile;
        text += "  - name: " + provider.name + "\n    profile: " + profile +
                "\n    base_url: " + simulators.url(provider.name) + "\n";
        text += "    credential: {value: \"" + (provider.key.empty() ? "test-key-" + provider.name : provider.key) +
                "\"}\n";
        if (profile == "hyperrep")
            text += "    params: {organization_id: " + std::string{hyperrep_organization} + "}\n";
        // No test should wait for the minute that a profile's quota takes to come back.
        if (provider.more.find("quota:") == std::string::npos) text += "    quota: {calls: 1000000, per: 1s}\n";
        text += provider.more;
    }
    return text;
}

std::vector<std::string> four_simulators() {
    return {"hyperrep:agents=37", "heppu:agents=113", "converra:agents=64", "agenthuman:agents=29"};
}

std::vector<provider_setup> four_providers(std::string_view more) {
    std::vector<provider_setup> providers;
    for (const std::string name : {"hyperrep", "heppu", "converra", "agenthuman"})
        providers.push_back({name, {}, std::string{more}});
    return providers;
}

four_provider_deployment::four_provider_deployment(std::string_view more, std::string_view top)
    : providers(four_simulators()), gateway(configuration(providers, four_providers(more), top)) {}

boost::json::object page_of(const gateway& gateway, std::string_view target, const header_list& headers) {
    const response answer = gateway.get(target, headers);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return boost::json::parse(answer.body).as_object();
}

boost::json::object page_behind_the_cache(const gateway& gateway, std::string_view target, std::string_view provider,
                                          const header_list& headers) {
    using clock = std::chrono::steady_clock;
    boost::json::object page = page_of(gateway, target, headers);
    for (const auto until = clock::now() + default_timeout;
         report_of(page, provider).at("status").as_string() == "ok" && clock::now() < until;)
        page = page_of(gateway, target, headers);
    return page;
}

walk_result walk(const gateway& gateway, const std::string& query) {
    walk_result result;
    std::string cursor;
    do {
        const boost::json::object page = page_of(gateway, "/agents?" + query + cursor);
        const auto& state = page.at("page").as_object();
        const auto& agents = page.at("data").as_array();
        REQUIRE(state.at("count").to_number<std::size_t>() == agents.size());
        REQUIRE(agents.size() <= state.at("limit").to_number<std::size_t>());
        for (const auto& agent : agents) {
            const std::string id{agent.at("id").as_string()};
            ++result.times[id];
            result.agents[id] = agent.as_object();
        }
        ++result.pages;
        REQUIRE(result.pages < 2000);
        REQUIRE(state.at("has_more").as_bool() == state.at("next_cursor").is_string());
        cursor = state.at("has_more").as_bool() ? "&cursor=" + std::string{state.at("next_cursor").as_string()} : "";
    } while (!cursor.empty());
    return result;
}

boost::json::object report_of(const boost::json::object& page, std::string_view provider) {
    for (const auto& report : page.at("providers").as_array()) {
        if (report.at("name").as_string() == provider) return report.as_object();
    }
    FAIL("no report of " << provider);
    return {};
}

std::string problem_of(const response& response) {
    CHECK(response.header("content-type") == "application/problem+json");
    const auto problem = boost::json::parse(response.body).as_object();
    CHECK(problem.at("status").to_number<unsigned>() == response.status);
    CHECK(problem.at("request_id").as_string() == response.header("x-request-id"));
    return std::to_string(response.status) + " " + std::string{problem.at("code").as_string()};
}

}  // namespace rollcall::testing
