// HyperRep's records, made from the seed.
#include "tests/simulator/hyperrep_records.hpp"

#include "tests/simulator/spelling.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <map>

namespace rollcall::simulator::hyperrep {
namespace {

namespace json = boost::json;
using namespace std::chrono;
using namespace std::string_view_literals;

constexpr std::size_t id_length = 70;
constexpr std::string_view id_prefix = "gAAAAAB";

struct stage {
    std::string_view label;
    std::string_view status;  // empty: null on the wire
};
constexpr std::array stages{stage{"Qualified", ""}, stage{"Quoted", "quote_sent"}, stage{"Accepted", "accepted"},
                            stage{"Closed Won", ""}, stage{"Closed Lost", "closed_lost"}};

std::string opaque_id(dice& dice) {
    return std::string{id_prefix} + dice.text(id_length - id_prefix.size(), base64url_alphabet);
}

json::value status_of(const stage& stage) {
    return stage.status.empty() ? json::value(nullptr) : json::value(stage.status);
}

json::object status_entry(const stage& stage, instant changed_at) {
    return {{"label", stage.label}, {"status", status_of(stage)}, {"changed_at", in_microseconds(changed_at)}};
}

std::string money(std::size_t units) {
    return std::to_string(units) + ".00";
}

// Times fall into the months before and after the range of the documentation's examples (March and April 2026).
instant some_moment(dice& dice, std::size_t turn) {
    return sys_days{year{2026} / 5 / 20} - hours{30 * turn} - microseconds{dice.below(86'400'000'000ULL)};
}

std::uint64_t seed_of(std::uint64_t seed, std::size_t index, std::uint64_t purpose) {
    return seed * 1'000'003 + index * 2 + purpose;
}

json::object quote(dice& dice, std::size_t quantity, std::size_t unit_price) {
    constexpr std::array products{"Enterprise Software License"sv, "Support Plan \"Gold\""sv, "Schulung (Köln)"sv};
    json::object product{
        {"quantity", quantity}, {"unit_price", money(unit_price)}, {"product_name", dice.pick(products)}};
    return {{"output", {{"currency", dice.one_in(3) ? "EUR" : "USD"}, {"total_price", money(quantity * unit_price)}}},
            {"arguments", {{"products", json::array{std::move(product)}}}}};
}

event make_sale(const agent& agent, dice& dice, std::size_t index, std::size_t turn) {
    const instant created = some_moment(dice, turn);
    const std::size_t reached = dice.below(stages.size());
    json::array history;
    for (std::size_t i = 0; i <= reached; ++i)
        history.push_back(status_entry(stages[i], created + minutes{15} * i));
    const std::size_t quantity = 1 + dice.below(5);
    const std::size_t unit_price = 100 * (1 + dice.below(40));
    json::object sale{
        {"sale_id", opaque_id(dice)},
        {"associated_conversation_ids", json::array{opaque_id(dice)}},
        {"company_id", opaque_id(dice)},
        {"owner_id", agent.id},
        {"associated_contacts", json::array{json::object{{"contact_id", opaque_id(dice)}, {"is_primary", true}}}},
        {"quote_details", quote(dice, quantity, unit_price)},
        {"notes", turn % 4 == 1 ? json::value(nullptr) : json::value(description(dice, index + turn))},
        {"current_status", history.back()},
        {"status_history", history},
        {"created_at", in_microseconds(created)},
        {"last_activity_at", in_microseconds(created + minutes{15} * reached)}};
    return {created, write_json(sale, spelling_of(turn)), std::string{stages[reached].label}, quantity * unit_price};
}

}  // namespace

std::vector<agent> make_agents(std::size_t count, std::uint64_t seed) {
    dice dice{seed};
    std::vector<agent> agents;
    agents.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::string id = opaque_id(dice);
        const std::string name = person_name(dice, i);
        const std::string email = email_of(dice, name);
        json::object object{{"agent_id", id}, {"name", name}};
        if (i % 7 == 3) {
            object["email"] = nullptr;
        } else if (i % 7 != 5) {
            object["email"] = email;
        }
        agents.push_back({std::move(id), write_json(object, spelling_of(i))});
    }
    return agents;
}

std::vector<event> make_conversations(std::size_t index, std::uint64_t seed) {
    constexpr std::array folders{"primary"sv, "archive"sv, "snoozed"sv};
    dice dice{seed_of(seed, index, 0)};
    const std::size_t count = index % 7 == 6 ? 0 : 1 + (index * 13) % 61;
    std::vector<event> events;
    for (std::size_t turn = 0; turn < count; ++turn) {
        const instant start = some_moment(dice, turn);
        json::object conversation{
            {"conversation_id", opaque_id(dice)},
            {"start_at", in_microseconds(start)},
            {"last_activity_at", in_microseconds(start + microseconds{dice.below(7'200'000'000)})},
            {"folder", dice.pick(folders)},
            {"is_read", !dice.one_in(4)},
            {"contact_id", opaque_id(dice)}};
        events.push_back({start, write_json(conversation, spelling_of(turn)), {}, 0});
    }
    return events;
}

std::vector<event> make_sales(const agent& agent, std::size_t index, std::uint64_t seed) {
    dice dice{seed_of(seed, index, 1)};
    const std::size_t count = index % 5 == 4 ? 0 : 1 + (index * 7) % 23;
    std::vector<event> events;
    for (std::size_t turn = 0; turn < count; ++turn)
        events.push_back(make_sale(agent, dice, index, turn));
    return events;
}

json::object conversation_analytics(const std::vector<const event*>& conversations) {
    constexpr std::size_t messages_each = 3;
    return {{"conversationsRespondedTo", conversations.size()}, {"messagesSent", conversations.size() * messages_each}};
}

json::object sales_analytics(const std::vector<const event*>& sales) {
    struct column {
        std::size_t volume = 0;
        std::size_t value = 0;
    };
    std::map<std::string_view, column> columns;
    for (const event* sale : sales) {
        column& column = columns[sale->label];
        ++column.volume;
        column.value += sale->value;
    }
    json::array pipeline;
    std::size_t won = 0;
    for (const stage& stage : stages) {
        const auto found = columns.find(stage.label);
        if (found == columns.end()) continue;
        if (stage.label == "Accepted" || stage.label == "Closed Won") won += found->second.volume;
        pipeline.push_back(json::object{{"name", stage.label},
                                        {"status", status_of(stage)},
                                        {"volume", found->second.volume},
                                        {"value", std::to_string(found->second.value) + ".0"}});
    }
    const double rate = sales.empty() ? 0.0 : static_cast<double>(won) / static_cast<double>(sales.size());
    return {{"pipeline", std::move(pipeline)}, {"salesRate", rate}};
}

}  // namespace rollcall::simulator::hyperrep
