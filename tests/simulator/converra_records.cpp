// Converra's records: made from the seed, created and updated by requests.
#include "tests/simulator/converra_records.hpp"

#include "tests/simulator/spelling.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace rollcall::simulator::converra {
namespace {

namespace json = boost::json;
using namespace std::chrono;
using namespace std::string_view_literals;

constexpr std::array models{"gpt-4o"sv, "gpt-4o-mini"sv, "claude-3.5-sonnet"sv, "gemini-1.5-pro"sv};
constexpr std::array tag_names{"support"sv, "production"sv, "v2"sv, "sales"sv, "größe \"XL\""sv, "日本"sv};
constexpr double greatest_temperature = 2.0;

json::array some_tags(dice& dice) {
    json::array tags;
    const std::size_t first = dice.below(tag_names.size());
    const std::size_t count = dice.below(4);
    for (std::size_t i = 0; i < count; ++i)
        tags.push_back(json::string(tag_names[(first + i) % tag_names.size()]));
    return tags;
}

bool is_text(const json::value& value) {
    return value.is_string() && !value.get_string().empty();
}

bool is_model_name(const json::value& value) {
    if (!is_text(value)) return false;
    return std::all_of(value.get_string().begin(), value.get_string().end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view{"-._:/"}.find(c) != std::string_view::npos;
    });
}

bool is_tags(const json::value& value) {
    return value.is_array() && std::all_of(value.get_array().begin(), value.get_array().end(), is_text);
}

bool is_temperature(const json::value& value) {
    if (!value.is_number()) return false;
    const double number = value.to_number<double>();
    return number >= 0 && number <= greatest_temperature;
}

bool is_token_count(const json::value& value) {
    return (value.is_int64() && value.get_int64() > 0) || (value.is_uint64() && value.get_uint64() > 0);
}

struct writable_field {
    std::string_view name;
    bool required;
    bool (*fits)(const json::value&);
    std::string_view complaint;
};
constexpr std::array writable_fields{
    writable_field{"name", true, is_text, "Must be a non-empty string"},
    writable_field{"content", true, is_text, "Must be a non-empty string"},
    writable_field{"llmModel", true, is_model_name, "Must be a valid model name"},
    writable_field{"description", false, [](const json::value& v) { return v.is_string() || v.is_null(); },
                   "Must be a string"},
    writable_field{"tags", false, is_tags, "Must be an array of non-empty strings"},
    writable_field{"temperature", false, is_temperature, "Must be a number from 0 to 2"},
    writable_field{"maxTokens", false, is_token_count, "Must be a positive whole number"}};
// What an agent keeps of a body in the fields that reads show; temperature and maxTokens are not shown.
constexpr std::array shown_fields{"name"sv, "content"sv, "llmModel"sv, "description"sv, "tags"sv};

agent finish(json::object object, std::uint64_t seed, std::size_t index) {
    agent agent;
    agent.object = std::move(object);
    agent.seed = seed;
    agent.spelling = index;
    refresh(agent);
    return agent;
}

double percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? 0.0 : static_cast<double>(part * 1000 / whole) / 10.0;
}

}  // namespace

void refresh(agent& agent) {
    agent.id = agent.object.at("id").as_string();
    agent.status = agent.object.at("status").as_string();
    agent.tags.clear();
    for (const auto& tag : agent.object.at("tags").as_array())
        agent.tags.emplace_back(tag.as_string());
    agent.listed = write_json(agent.object, spelling_of(agent.spelling));
}

std::vector<agent> make_agents(std::size_t count, std::uint64_t seed) {
    dice dice{seed};
    std::vector<agent> agents;
    agents.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        const instant created = first_moment() + minutes{41 * i};
        json::object object{{"id", "agent_" + dice.text(20, hex_alphabet)}, {"name", bot_name(dice, i)}};
        object["content"] = prompt(dice, i);
        object["llmModel"] = dice.pick(models);
        const std::string text = description(dice, i);
        if (i % 6 == 5) {
            object["description"] = nullptr;
        } else if (i % 6 != 2) {
            object["description"] = text;
        }
        object["tags"] = some_tags(dice);
        object["status"] = statuses[dice.one_in(2) ? 0 : dice.below(statuses.size())];
        object["createdAt"] = in_seconds(created);
        object["updatedAt"] = in_seconds(created + minutes{dice.below(20'000)});
        agents.push_back(finish(std::move(object), dice.next(), i));
    }
    return agents;
}

agent create_agent(dice& dice, const json::object& body, instant when, std::size_t index) {
    json::object object{{"id", "agent_" + dice.text(20, hex_alphabet)}};
    for (const auto field : shown_fields) {
        if (const auto* value = body.if_contains(field)) object[field] = *value;
    }
    if (!object.contains("tags")) object["tags"] = json::array{};
    object["status"] = "active";
    object["createdAt"] = in_seconds(when);
    object["updatedAt"] = in_seconds(when);
    return finish(std::move(object), dice.next(), index);
}

void update_agent(agent& agent, const json::object& body, instant when) {
    for (const auto field : shown_fields) {
        if (const auto* value = body.if_contains(field)) agent.object[field] = *value;
    }
    agent.object["updatedAt"] = in_seconds(when);
    refresh(agent);
}

json::object faults_of(const json::object& body, bool complete) {
    json::object faults;
    for (const auto& field : writable_fields) {
        const auto* value = body.if_contains(field.name);
        if (value == nullptr) {
            if (complete && field.required) faults[field.name] = "Required";
        } else if (!field.fits(*value)) {
            faults[field.name] = field.complaint;
        }
    }
    return faults;
}

json::object status_of(const agent& agent) {
    dice dice{agent.seed};
    constexpr std::array states{"idle"sv, "running"sv, "paused"sv};
    const bool never = dice.one_in(4);
    json::object metrics{{"conversationCount", dice.below(3000)},
                         {"taskCompletionRate", percent(dice.below(1000), 1000)},
                         {"avgSentiment", static_cast<double>(dice.below(100)) / 100.0}};
    return {{"id", agent.id},
            {"name", agent.object.at("name")},
            {"status", agent.status},
            {"optimizationState", dice.pick(states)},
            {"metrics", std::move(metrics)},
            {"lastOptimized", never ? json::value(nullptr) : json::value("2025-01-18T10:00:00Z")}};
}

json::object insights_of(const agent& agent, look_back range, instant until) {
    dice dice{agent.seed + 1};
    const std::size_t total = 1 + dice.below(2000);
    const std::size_t completed = dice.below(total + 1);
    const std::size_t positive = dice.below(80);
    const json::value from =
        range.days ? json::value(in_seconds(until - days{*range.days})) : agent.object.at("createdAt");
    json::object body{{"agentId", agent.id}};
    body["period"] = {{"days", range.days ? json::value(*range.days) : json::value("all")},
                      {"from", from},
                      {"to", in_seconds(until)}};
    body["summary"] = {{"totalConversations", total},
                       {"completedConversations", completed},
                       {"abandonedConversations", total - completed},
                       {"completionRate", percent(completed, total)}};
    body["metrics"] = {
        {"taskCompletion", {{"rate", 82.5}, {"trend", "+3.2%"}}},
        {"sentiment",
         {{"average", 0.72}, {"distribution", {{"positive", positive}, {"neutral", 92 - positive}, {"negative", 8}}}}},
        {"avgResponseTime", 1.2},
        {"avgConversationLength", 6.4}};
    body["topIssues"] = json::array{
        json::object{{"issue", "Unclear refund policy explanation"}, {"frequency", 23}, {"impact", "high"}}};
    body["recommendations"] = json::array{"Consider adding specific refund timelines to reduce follow-up questions"};
    return body;
}

std::optional<look_back> read_days(const std::optional<std::string>& text) {
    if (!text || *text == "30") return look_back{30};
    if (*text == "7") return look_back{7};
    if (*text == "90") return look_back{90};
    if (*text == "all") return look_back{};
    return std::nullopt;
}

json::object only(const json::object& object, std::initializer_list<std::string_view> fields) {
    json::object kept;
    for (const auto field : fields)
        kept[field] = object.at(field);
    return kept;
}

}  // namespace rollcall::simulator::converra
