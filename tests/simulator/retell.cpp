// A dialect for generality tests: a list that is asked for with POST and a JSON body, and a paging key in both.
#include "tests/simulator/data.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <vector>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;

constexpr std::int64_t default_limit = 50;
constexpr std::int64_t most = 1000;
constexpr std::string_view scope = "agents";

struct agent {
    std::string id;
    std::string listed;
};

agent make_agent(dice& dice, std::size_t index) {
    const std::string id = "agent_" + dice.text(26, hex_alphabet);
    const instant modified =
        first_moment() + std::chrono::minutes{43 * index} + std::chrono::milliseconds{index % 1000};
    json::object object{{"agent_id", id}};
    object["agent_name"] = index % 8 == 7 ? json::value(nullptr) : json::value(bot_name(dice, index));
    object["voice_id"] = dice.one_in(2) ? "11labs-Adrian" : "openai-Alloy";
    object["language"] = dice.one_in(4) ? "de-DE" : "en-US";
    object["response_engine"] = {{"type", "retell-llm"}, {"llm_id", "llm_" + dice.text(24, hex_alphabet)}};
    object["last_modification_timestamp"] = modified.time_since_epoch().count() / 1000;
    object["is_published"] = dice.one_in(2);
    return {id, write_json(object, spelling_of(index))};
}

struct list_query {
    std::size_t limit;
    std::size_t start;
};

class retell_dialect final : public dialect {
  public:
    explicit retell_dialect(const dialect_settings& settings) : key_(settings.key), tokens_(settings.seed) {
        dice dice{settings.seed};
        for (std::size_t i = 0; i < settings.agents; ++i)
            agents_.push_back(make_agent(dice, i));
    }

    answer handle(const request& request, positions positions) override {
        if (bearer_of(request) != key_) return bad_key();
        if (request.path_is({"v2", "list-agents"})) {
            return request.method == "POST" ? list(request, positions) : failure(405, "Use POST");
        }
        if (request.segments.size() != 2 || request.segments[0] != "get-agent") return failure(404, "Cannot find path");
        if (request.method != "GET") return failure(405, "Use GET");
        for (const agent& agent : agents_) {
            if (agent.id == request.segments[1]) return {200, agent.listed};
        }
        return failure(404, "Agent not found");
    }

    answer failure(unsigned status, std::string_view message) const override {
        return {status, write_json(json::object{{"status", "error"}, {"message", message}})};
    }
    answer bad_key() const override { return failure(401, "Invalid API key"); }
    answer failure_with_200() const override { return failure(200, "Something went wrong"); }
    std::string agents() const override { return whole_array(agents_); }

  private:
    answer list(const request& request, positions positions) const {
        json::value body = json::object{};
        boost::system::error_code parse_error;
        if (!request.body.empty()) body = json::parse(request.body, parse_error);
        if (parse_error || !body.is_object()) return failure(400, "Request body must be a JSON object");
        list_query query{};
        if (const auto complaint = read_query(body.get_object(), query); !complaint.empty()) {
            return failure(422, complaint);
        }
        std::string text = R"({"items":[)";
        const page page = append_page(text, agents_, query.start, query.limit);
        const bool stuck = positions == positions::stuck;
        const bool more = page.more || stuck;
        text += ']';
        if (more) text += R"(,"pagination_key":")" + tokens_.seal(scope, stuck ? query.start : page.end) + '"';
        text += more ? R"(,"has_more":true})" : R"(,"has_more":false})";
        return {200, std::move(text)};
    }

    // Fills `query`, or says what is wrong.
    std::string_view read_query(const json::object& body, list_query& query) const {
        const auto* limit = body.if_contains("limit");
        if (limit != nullptr && (!limit->is_int64() || limit->get_int64() < 1 || limit->get_int64() > most)) {
            return "limit must be a number from 1 to 1000";
        }
        query.limit = static_cast<std::size_t>(limit == nullptr ? default_limit : limit->get_int64());
        const auto* key = body.if_contains("pagination_key");
        if (key == nullptr) return {};
        const auto start = key->is_string() ? tokens_.open(scope, key->get_string()) : std::nullopt;
        if (!start) return "pagination_key is not valid";
        query.start = *start;
        return {};
    }

    std::string key_;
    token_maker tokens_;
    std::vector<agent> agents_;
};

}  // namespace

std::unique_ptr<dialect> make_retell(const dialect_settings& settings) {
    return std::make_unique<retell_dialect>(settings);
}

}  // namespace rollcall::simulator
