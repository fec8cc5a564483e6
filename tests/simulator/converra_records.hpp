// Converra's data: agents as they stand in its lists, what may be written to them, their status and insights.
#pragma once

#include "tests/simulator/data.hpp"

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::simulator::converra {

/// `deprecated` comes from the object reference, the others from the list's page.
inline constexpr std::array<std::string_view, 4> statuses{"active", "draft", "archived", "deprecated"};

/// Days that insights look back; nothing means all.
struct look_back {
    std::optional<int> days;
};

struct agent {
    std::string id;
    boost::json::object object;  // as listed and as alone
    std::vector<std::string> tags;
    std::string status;
    std::string listed;        // `object` as JSON
    std::uint64_t seed = 0;    // of its status and insights
    std::size_t spelling = 0;  // index that its spelling goes by
};

/// Brings the derived fields in line with `object` after it has changed.
void refresh(agent& agent);

std::vector<agent> make_agents(std::size_t count, std::uint64_t seed);
/// An agent from a create body that has passed `faults_of`.
agent create_agent(dice& dice, const boost::json::object& body, instant when, std::size_t index);
/// Applies an update body that has passed `faults_of`.
void update_agent(agent& agent, const boost::json::object& body, instant when);

/// What is wrong with a body, field by field; empty where nothing is. A create body must be complete.
boost::json::object faults_of(const boost::json::object& body, bool complete);

boost::json::object status_of(const agent& agent);
boost::json::object insights_of(const agent& agent, look_back range, instant until);
/// 7, 30, 90 or all; 30 where the parameter is missing; nothing where it is something else.
std::optional<look_back> read_days(const std::optional<std::string>& text);

/// The object with only these fields, in this order: the partial answers of writes.
boost::json::object only(const boost::json::object& object, std::initializer_list<std::string_view> fields);

}  // namespace rollcall::simulator::converra
