// Agent Human's dialect: talking avatars, all in one answer, most recently updated first; no other operation.
// After agenthuman-list-agents.source.txt.
#include "tests/simulator/data.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/object.hpp>

#include <algorithm>
#include <array>
#include <vector>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;
using namespace std::chrono;
using namespace std::string_view_literals;

constexpr std::array languages{"en"sv, "de"sv, "fi"sv, "pt-BR"sv, "ja"sv, "ar"sv};
constexpr std::array avatars{"Professional Avatar"sv, "Friendly Avatar"sv, "Zoë – Studio 👩‍💼"sv,
                             "Coach \"Max\""sv};
constexpr int requests_a_minute = 60;

struct agent {
    instant updated_at;
    std::string listed;
};

agent make_agent(dice& dice, std::size_t index) {
    const std::size_t avatar = dice.below(avatars.size());
    const instant created = first_moment() + minutes{53 * index};
    // A second for each index keeps the moments apart, so that the order is one and only one.
    const instant updated = created + hours{dice.below(3000)} + seconds{index % 60};
    const std::size_t sessions = index % 4 == 1 ? 0 : 1 + dice.below(500);
    json::object object{{"agent_id", 101 + index * 3}, {"name", bot_name(dice, index)}};
    object["avatar_id"] = avatar + 1;
    object["language"] = dice.pick(languages);
    object["custom_greeting"] = index % 6 == 5 ? json::value(nullptr) : json::value(greeting(dice, index));
    object["context"] = prompt(dice, index);
    object["status"] = dice.one_in(5) ? "inactive" : "active";
    object["created_at"] = in_seconds(created);
    object["updated_at"] = in_seconds(updated);
    object["last_used_at"] = sessions == 0 ? json::value(nullptr) : json::value(in_seconds(updated + hours{2}));
    object["total_sessions"] = sessions;
    object["avg_duration"] = sessions == 0 ? 0.0 : 20.0 + 0.5 * static_cast<double>(dice.below(600));
    object["avatar_name"] = avatars[avatar];
    object["avatar_url"] = "https://example.com/avatars/" + std::to_string(avatar + 1) + ".jpg?size=256&crop=face";
    object["voice_id"] = avatar == 1 ? json::value(nullptr) : json::value(dice.text(20, base64url_alphabet));
    return {updated, write_json(object, spelling_of(index))};
}

answer error(unsigned status, std::string_view message, std::string_view suggestion) {
    json::value what(message);
    if (!suggestion.empty()) what = json::object{{"message", message}, {"suggestion", suggestion}};
    return {status, write_json(json::object{{"success", false}, {"error", std::move(what)}})};
}

class agenthuman_dialect final : public dialect {
  public:
    explicit agenthuman_dialect(const dialect_settings& settings) : key_(settings.key) {
        dice dice{settings.seed};
        for (std::size_t i = 0; i < settings.agents; ++i)
            agents_.push_back(make_agent(dice, i));
        std::stable_sort(agents_.begin(), agents_.end(),
                         [](const agent& a, const agent& b) { return a.updated_at > b.updated_at; });
        body_ = R"({"success":true,"agents":)" + agents() + "}";
    }

    answer handle(const request& request, positions) override {
        if (request.header_value("x-api-key") != key_ && bearer_of(request) != key_) return bad_key();
        // The public host and the one of the documentation's example differ in the prefix.
        if (!request.path_is({"v1", "agents"}) && !request.path_is({"api", "v1", "agents"})) {
            return error(404, "Not found", "");
        }
        if (request.method != "GET") return error(405, "Method not allowed", "Use GET");
        return {200, body_, rate_limit_headers()};
    }

    answer failure(unsigned status, std::string_view message) const override {
        return error(status, message, "Try again later, or contact support");
    }
    answer bad_key() const override { return error(401, "Invalid or missing authentication", ""); }
    answer failure_with_200() const override { return error(200, "Agents could not be loaded", ""); }
    std::string agents() const override { return whole_array(agents_); }

  private:
    // The limit is announced and not enforced, as if each request were the first of its minute: a fault plays
    // the exhausted limit.
    static std::vector<header> rate_limit_headers() {
        return {{"X-RateLimit-Limit", std::to_string(requests_a_minute)},
                {"X-RateLimit-Remaining", std::to_string(requests_a_minute - 1)},
                {"X-RateLimit-Reset", std::to_string(epoch_seconds(now() + minutes{1}))}};
    }

    std::string key_;
    std::vector<agent> agents_;
    std::string body_;
};

}  // namespace

std::unique_ptr<dialect> make_agenthuman(const dialect_settings& settings) {
    return std::make_unique<agenthuman_dialect>(settings);
}

}  // namespace rollcall::simulator
