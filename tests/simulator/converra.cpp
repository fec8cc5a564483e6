// Converra's dialect: prompts and models, offset paging with a true total and no has-more, writes with partial
// answers. After converra-agents.source.txt.
#include "tests/simulator/converra_records.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;
using converra::agent;

constexpr whole_number limits{20, 1, 100};
constexpr whole_number offsets{0, 0, most_position};

answer error(unsigned status, std::string_view code, std::string_view message, json::object details = {}) {
    json::object error{{"code", code}, {"message", message}};
    if (!details.empty()) error["details"] = std::move(details);
    return {status, write_json(json::object{{"error", std::move(error)}})};
}

answer invalid_query(std::string_view parameter, std::string_view complaint) {
    return error(400, "VALIDATION_ERROR", "Invalid query parameters", {{parameter, complaint}});
}

std::string_view code_of(unsigned status) {
    switch (status) {
        case 400:
            return "VALIDATION_ERROR";
        case 401:
            return "UNAUTHORIZED";
        case 403:
            return "FORBIDDEN";
        case 404:
            return "NOT_FOUND";
        case 405:
            return "METHOD_NOT_ALLOWED";
        case 429:
            return "RATE_LIMIT_EXCEEDED";
        default:
            return "INTERNAL_ERROR";
    }
}

std::vector<std::string> split_at_commas(std::string_view text) {
    std::vector<std::string> parts;
    while (true) {
        const auto comma = text.find(',');
        if (comma != 0 && !text.empty()) parts.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

bool has_any(const agent& agent, const std::vector<std::string>& tags) {
    return std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) {
        return std::find(agent.tags.begin(), agent.tags.end(), tag) != agent.tags.end();
    });
}

class converra_dialect final : public dialect {
  public:
    explicit converra_dialect(const dialect_settings& settings)
        : key_(settings.key),
          dice_(settings.seed ^ 0x77726974657321ULL),
          agents_(converra::make_agents(settings.agents, settings.seed)) {}

    answer handle(const request& request, positions) override {
        if (bearer_of(request) != key_) return bad_key();
        const auto& path = request.segments;
        if (path.size() < 3 || path.size() > 5 || path[0] != "api" || path[1] != "v1" || path[2] != "agents") {
            return failure(404, "Route not found");
        }
        if (path.size() == 3) {
            if (request.method == "GET") return list(request);
            if (request.method == "POST") return create(request);
            return failure(405, "Method not allowed");
        }
        const auto found =
            std::find_if(agents_.begin(), agents_.end(), [&](const agent& a) { return a.id == path[3]; });
        if (found == agents_.end()) return failure(404, "Agent not found");
        if (path.size() == 4) return one(request, found);
        if (request.method != "GET") return failure(405, "Method not allowed");
        if (path[4] == "status") return {200, write_json(converra::status_of(*found))};
        if (path[4] == "insights") return insights(request, *found);
        return failure(404, "Route not found");
    }

    answer failure(unsigned status, std::string_view message) const override {
        return error(status, code_of(status), message);
    }
    answer bad_key() const override { return failure(401, "Invalid or missing API key"); }
    answer failure_with_200() const override { return error(200, "INTERNAL_ERROR", "Something went wrong"); }
    std::string agents() const override { return whole_array(agents_); }

  private:
    answer list(const request& request) const {
        const auto limit = limits.read(request, "limit");
        if (!limit) return invalid_query("limit", "Must be a number from 1 to 100");
        const auto offset = offsets.read(request, "offset");
        if (!offset) return invalid_query("offset", "Must be a number from 0");
        const auto status = request.parameter("status");
        const auto& known = converra::statuses;
        if (status && std::find(known.begin(), known.end(), *status) == known.end()) {
            return invalid_query("status", "Must be active, draft or archived");
        }
        const auto tags = split_at_commas(request.parameter("tags").value_or(""));
        std::string body = R"({"data":[)";
        const page page = append_page(body, agents_, *offset, *limit, [&](const agent& agent) {
            return (!status || agent.status == *status) && (tags.empty() || has_any(agent, tags));
        });
        body += R"(],"pagination":{"total":)" + std::to_string(page.total) + R"(,"limit":)" + std::to_string(*limit) +
                R"(,"offset":)" + std::to_string(*offset) + "}}";
        return {200, std::move(body)};
    }

    answer one(const request& request, std::vector<agent>::iterator found) {
        if (request.method == "GET") return {200, found->listed};
        if (request.method == "PATCH") return update(request, *found);
        if (request.method != "DELETE") return failure(405, "Method not allowed");
        agents_.erase(found);
        return {200, R"({"success":true,"message":"Agent deleted"})"};
    }

    answer create(const request& request) {
        json::object body;
        if (auto refusal = read_body(request, true, body)) return *refusal;
        agents_.push_back(converra::create_agent(dice_, body, now(), agents_.size()));
        const auto partial = converra::only(agents_.back().object,
                                            {"id", "name", "content", "llmModel", "status", "createdAt", "updatedAt"});
        return {201, write_json(partial)};
    }

    answer update(const request& request, agent& agent) {
        json::object body;
        if (auto refusal = read_body(request, false, body)) return *refusal;
        converra::update_agent(agent, body, now());
        return {200, write_json(converra::only(agent.object, {"id", "name", "content", "updatedAt"}))};
    }

    answer insights(const request& request, const agent& agent) const {
        const auto range = converra::read_days(request.parameter("days"));
        if (!range) return invalid_query("days", "Must be 7, 30, 90 or all");
        return {200, write_json(converra::insights_of(agent, *range, now()))};
    }

    // Fills `object`, or answers what is wrong with the body.
    static std::optional<answer> read_body(const request& request, bool complete, json::object& object) {
        boost::system::error_code error_code;
        const json::value body = json::parse(request.body, error_code);
        if (error_code || !body.is_object()) {
            return error(400, "VALIDATION_ERROR", "Request body must be a JSON object");
        }
        json::object faults = converra::faults_of(body.get_object(), complete);
        if (!faults.empty()) return error(400, "VALIDATION_ERROR", "Invalid request body", std::move(faults));
        object = body.get_object();
        return std::nullopt;
    }

    std::string key_;
    dice dice_;
    std::vector<agent> agents_;
};

}  // namespace

std::unique_ptr<dialect> make_converra(const dialect_settings& settings) {
    return std::make_unique<converra_dialect>(settings);
}

}  // namespace rollcall::simulator
