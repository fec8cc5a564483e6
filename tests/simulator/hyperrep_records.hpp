// HyperRep's data: sales representatives, and the conversations, sales and analytics of each.
#pragma once

#include "tests/simulator/data.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace rollcall::simulator::hyperrep {

/// The organization of HyperRep's own examples; the only one that the simulator knows.
inline constexpr std::string_view organization = "gAAAAABexampleOrganizationIdReturnedByApi7mN4qP2xLs9dV5kTr8cY1hJ6uW3";

struct agent {
    std::string id;
    std::string listed;  // the object as JSON, in the list and alone
};

/// A conversation or a sale: what lists and analytics need of it.
struct event {
    instant when;           // what start_date and end_date are held against
    std::string listed;     // the object as JSON
    std::string label;      // of a sale: its status
    std::size_t value = 0;  // of a sale: whole currency units
};

/// The same agents for the same seed.
std::vector<agent> make_agents(std::size_t count, std::uint64_t seed);
/// Conversations of the agent at `index`, newest first; some agents have none.
std::vector<event> make_conversations(std::size_t index, std::uint64_t seed);
std::vector<event> make_sales(const agent& agent, std::size_t index, std::uint64_t seed);

/// The two halves of the analytics over these events.
boost::json::object conversation_analytics(const std::vector<const event*>& conversations);
boost::json::object sales_analytics(const std::vector<const event*>& sales);

}  // namespace rollcall::simulator::hyperrep
