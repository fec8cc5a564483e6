// Heppu's dialect: voice and chat agents, offset paging with a total that counts the page only, {success, data}.
// After heppu-list-agents.source.txt and heppu-get-agent.source.txt.
#include "tests/simulator/data.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <unordered_map>
#include <vector>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;
using namespace std::string_view_literals;

constexpr whole_number limits{50, 1, 100};
constexpr whole_number offsets{0, 0, most_position};
constexpr std::array statuses{"active"sv, "inactive"sv, "training"sv, "deployed"sv};
constexpr std::array types{"voice"sv, "chat"sv};

struct tool {
    std::string_view id, name, description, category;
};
constexpr std::array tools{
    tool{"web_search", "Web Search", "Search the web for information", "information"},
    tool{"calendar", "Calendar", "Manage calendar events and appointments", "productivity"},
    tool{"calculator", "Calculator", "Perform mathematical calculations", "utility"},
    tool{"crm_lookup", "CRM \"Lookup\"", "Find a customer by name, e-mail or C:\\path", "information"}};

struct agent {
    std::string id;
    std::string type;
    std::string status;
    std::string listed;
    std::string detailed;
};

json::array make_tools(dice& dice, bool detailed) {
    json::array list;
    const std::size_t first = dice.below(tools.size());
    const std::size_t count = dice.below(3);
    for (std::size_t i = 0; i < count; ++i) {
        const tool& tool = tools[(first + i) % tools.size()];
        json::object object{{"id", tool.id}, {"name", tool.name}, {"description", tool.description}};
        if (detailed) {
            object["category"] = tool.category;
            object["config"] = json::object{};
        }
        list.push_back(std::move(object));
    }
    return list;
}

json::object voice_config(dice& dice, bool detailed) {
    constexpr std::array voices{"sage"sv, "alloy"sv, "verse"sv};
    json::object config{{"voice", dice.pick(voices)},
                        {"speed", 0.75 + 0.25 * static_cast<double>(dice.below(4))},
                        {"interruptionThreshold", 0.5}};
    if (detailed) config["timeout"] = 30;
    return config;
}

json::object chat_config(dice& dice, std::size_t index) {
    return {{"theme", dice.one_in(2) ? "dark" : "light"},
            {"primaryColor", "#3B82F6"},
            {"position", "bottom-right"},
            {"greeting", greeting(dice, index)},
            {"placeholder", "Type your message..."},
            {"allowedDomains", json::array{"example.com"}}};
}

json::array phone_numbers(dice& dice) {
    json::array numbers;
    const std::size_t count = dice.below(3);
    for (std::size_t i = 0; i < count; ++i)
        numbers.push_back(json::string("+1" + dice.text(10, "0123456789")));
    return numbers;
}

// The list's object and the detail's are made from the same dice, so that they agree wherever both have a field.
json::object make_object(dice dice, std::size_t index, bool detailed) {
    const bool voice = index % 2 == 0;
    const auto created = first_moment() + std::chrono::minutes{37 * index};
    // Deleted agents stay in the list as inactive ones, which is all that tells them.
    const std::string_view status = statuses[dice.one_in(2) ? 0 : dice.below(statuses.size())];
    json::object object{{"id", dice.uuid()}, {"name", bot_name(dice, index)}};
    object["type"] = voice ? "voice" : "chat";
    object["status"] = status;
    object["model"] = voice ? "gpt-realtime-2025-08-28" : "gpt-4o";
    object["instructions"] = prompt(dice, index);
    object["config"] = voice ? voice_config(dice, detailed) : chat_config(dice, index);
    object["tools"] = make_tools(dice, detailed);
    if (voice) object["phoneNumbers"] = phone_numbers(dice);
    object["createdAt"] = in_seconds(created);
    object["updatedAt"] = in_seconds(created + std::chrono::minutes{dice.below(10'000)});
    return object;
}

answer error(unsigned status, std::string_view message) {
    json::object error{{"message", message}};
    // Documented: 401, 404 and 500 carry the status in `code`; elsewhere `code` is a word and `status` the number.
    if (status == 401 || status == 404 || status == 500) {
        error["code"] = status;
    } else {
        error["code"] = status == 429 ? "RATE_LIMIT_EXCEEDED" : status < 500 ? "VALIDATION_ERROR" : "SERVER_ERROR";
        error["status"] = status;
    }
    return {status, write_json(json::object{{"success", false}, {"error", std::move(error)}})};
}

class heppu_dialect final : public dialect {
  public:
    explicit heppu_dialect(const dialect_settings& settings) : key_(settings.key) {
        dice source{settings.seed};
        for (std::size_t i = 0; i < settings.agents; ++i) {
            const dice mine{source.next()};
            const json::object listed = make_object(mine, i, false);
            agents_.push_back({std::string{listed.at("id").as_string()}, std::string{listed.at("type").as_string()},
                               std::string{listed.at("status").as_string()}, write_json(listed, spelling_of(i)),
                               write_json(make_object(mine, i, true), spelling_of(i))});
            index_.emplace(agents_.back().id, i);
        }
    }

    answer handle(const request& request, positions) override {
        if (request.header_value("x-api-key") != key_ && bearer_of(request) != key_) return bad_key();
        const auto& path = request.segments;
        if (path.size() < 3 || path.size() > 4 || path[0] != "api" || path[1] != "v1" || path[2] != "agents") {
            return error(404, "Route not found");
        }
        if (request.method != "GET") return error(405, "Method not allowed");
        if (path.size() == 3) return list(request);
        const auto found = index_.find(path[3]);
        if (found == index_.end()) return error(404, "Agent not found");
        return {200, R"({"success":true,"data":)" + agents_[found->second].detailed + "}"};
    }

    answer failure(unsigned status, std::string_view message) const override { return error(status, message); }
    answer bad_key() const override { return error(401, "Invalid API key"); }
    answer failure_with_200() const override {
        return {200, R"({"success":false,"error":{"message":"Internal server error","code":500}})"};
    }
    std::string agents() const override { return whole_array(agents_); }

  private:
    answer list(const request& request) const {
        const auto limit = limits.read(request, "limit");
        if (!limit) return error(400, "limit must be between 1 and 100");
        const auto offset = offsets.read(request, "offset");
        if (!offset) return error(400, "offset must be a whole number");
        const auto type = request.parameter("type");
        if (type && std::find(types.begin(), types.end(), *type) == types.end()) {
            return error(400, "type must be voice or chat");
        }
        const auto status = request.parameter("status");
        if (status && std::find(statuses.begin(), statuses.end(), *status) == statuses.end()) {
            return error(400, "status must be active, inactive, training or deployed");
        }
        std::string body = R"({"success":true,"data":{"agents":[)";
        const page page = append_page(body, agents_, *offset, *limit, [&](const agent& agent) {
            return (!type || agent.type == *type) && (!status || agent.status == *status);
        });
        // Documented: `total` is the number of agents in this page.
        body += R"(],"pagination":{"limit":)" + std::to_string(*limit) + R"(,"offset":)" + std::to_string(*offset) +
                R"(,"total":)" + std::to_string(page.count) + R"(,"hasMore":)" + (page.more ? "true" : "false") + "}}}";
        return {200, std::move(body)};
    }

    std::string key_;
    std::vector<agent> agents_;
    std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace

std::unique_ptr<dialect> make_heppu(const dialect_settings& settings) {
    return std::make_unique<heppu_dialect>(settings);
}

}  // namespace rollcall::simulator
