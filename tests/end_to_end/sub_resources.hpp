// What the tests of sub-resources share: agents of the simulated providers by their place, and the providers' own
// answers to compare with.
#pragma once

#include "tests/end_to_end/deployment.hpp"
#include "tests/end_to_end/simulator_calls.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <string_view>

namespace rollcall::testing {

/// Places of agents in the simulated HyperRep's list, by what they have.
inline constexpr std::size_t agent_with_61_conversations = 14;
inline constexpr std::size_t agent_with_23_sales = 13;
inline constexpr std::size_t agent_with_nothing = 34;

/// The native id of the agent at that place of a provider's own list.
inline std::string native_id(simulators& providers, const std::string& provider, std::size_t place) {
    const boost::json::value agent = providers.agents(provider).at(place);
    const auto& object = agent.as_object();
    const auto* id = object.if_contains("id");
    if (id == nullptr) id = &object.at("agent_id");
    return id->is_string() ? std::string{id->as_string()} : boost::json::serialize(*id);
}

/// What HyperRep itself answers for an agent; `rest` is such as `/sales?limit=500`.
inline boost::json::value hyperrep_answer(const simulators& providers, const std::string& id, const std::string& rest) {
    const response answer = get(providers.url("hyperrep"), hyperrep_path + "/" + id + rest, hyperrep_key);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return parsed(answer);
}

/// The target of the last request that a provider has had.
inline std::string last_target(simulators& providers, const std::string& provider) {
    const boost::json::value requests = providers.requests(provider);
    const auto& list = requests.at("requests").as_array();
    REQUIRE_FALSE(list.empty());
    return text_at(list.back(), "/target");
}

/// A walk over a sub-list: every item by its id, and how often it came.
struct sub_walk {
    std::map<std::string, int> times;
    boost::json::array items;  ///< in their order
    int pages = 0;
};

/// Follows next_cursor from `target` (which has a query) to its end.
inline sub_walk walk_sub_list(const gateway& gateway, const std::string& target) {
    sub_walk walk;
    std::string cursor;
    do {
        const boost::json::object page = page_of(gateway, target + cursor);
        CHECK(page.size() == 2);
        const auto& state = page.at("page").as_object();
        const auto& items = page.at("data").as_array();
        CHECK(state.size() == 4);
        REQUIRE(state.at("count").to_number<std::size_t>() == items.size());
        REQUIRE(items.size() <= state.at("limit").to_number<std::size_t>());
        for (const auto& item : items) {
            ++walk.times[text_at(item, "/id")];
            walk.items.push_back(item);
        }
        REQUIRE(++walk.pages < 500);
        REQUIRE(state.at("has_more").as_bool() == state.at("next_cursor").is_string());
        cursor = state.at("has_more").as_bool() ? "&cursor=" + std::string{state.at("next_cursor").as_string()} : "";
    } while (!cursor.empty());
    return walk;
}

}  // namespace rollcall::testing
