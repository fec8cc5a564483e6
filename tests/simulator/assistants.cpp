// A dialect for generality tests: pages that begin after the last id seen, times in epoch seconds, nested errors.
#include "tests/simulator/data.hpp"
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <unordered_map>
#include <vector>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;

constexpr whole_number limits{20, 1, 100};

struct agent {
    std::string id;
    std::string listed;
};

agent make_agent(dice& dice, std::size_t index) {
    const std::string id = "asst_" + dice.text(24, base64url_alphabet.substr(0, 62));
    const instant created = first_moment() + std::chrono::minutes{31 * index};
    json::object object{{"id", id}, {"object", "assistant"}, {"created_at", epoch_seconds(created)}};
    object["name"] = index % 6 == 5 ? json::value(nullptr) : json::value(bot_name(dice, index));
    object["description"] = index % 4 == 3 ? json::value(nullptr) : json::value(description(dice, index));
    object["model"] = dice.one_in(3) ? "gpt-4o-mini" : "gpt-4o";
    object["instructions"] = index % 9 == 8 ? json::value(nullptr) : json::value(prompt(dice, index));
    json::array tools;
    if (dice.one_in(2)) tools.push_back(json::object{{"type", "code_interpreter"}});
    object["tools"] = std::move(tools);
    object["metadata"] = json::object{};
    return {id, write_json(object, spelling_of(index))};
}

answer error(unsigned status, std::string_view message, std::string_view type, std::string_view code) {
    json::object error{{"message", message}, {"type", type}, {"code", code}};
    return {status, write_json(json::object{{"error", std::move(error)}})};
}

class assistants_dialect final : public dialect {
  public:
    explicit assistants_dialect(const dialect_settings& settings) : key_(settings.key) {
        dice dice{settings.seed};
        for (std::size_t i = 0; i < settings.agents; ++i) {
            agents_.push_back(make_agent(dice, i));
            index_.emplace(agents_.back().id, i);
        }
    }

    answer handle(const request& request, positions positions) override {
        if (bearer_of(request) != key_) return bad_key();
        const auto& path = request.segments;
        if (path.size() < 2 || path.size() > 3 || path[0] != "v1" || path[1] != "assistants") {
            return failure(404, "Invalid URL");
        }
        if (request.method != "GET") return failure(405, "Method not allowed");
        if (path.size() == 2) return list(request, positions);
        const auto found = index_.find(path[2]);
        if (found == index_.end()) return failure(404, "No assistant found with this id");
        return {200, agents_[found->second].listed};
    }

    answer failure(unsigned status, std::string_view message) const override {
        switch (status) {
            case 400:
                return error(status, message, "invalid_request_error", "invalid_value");
            case 404:
                return error(status, message, "invalid_request_error", "not_found");
            case 429:
                return error(status, message, "requests", "rate_limit_exceeded");
            default:
                return error(status, message, status < 500 ? "invalid_request_error" : "server_error", "error");
        }
    }
    answer bad_key() const override {
        return error(401, "Incorrect API key provided", "invalid_request_error", "invalid_api_key");
    }
    answer failure_with_200() const override { return error(200, "Something went wrong", "server_error", "error"); }
    std::string agents() const override { return whole_array(agents_); }

  private:
    answer list(const request& request, positions positions) const {
        const auto limit = limits.read(request, "limit");
        if (!limit) return failure(400, "limit must be between 1 and 100");
        std::size_t start = 0;
        // The position is an id of the page itself, so a server that is stuck gives the same page for any.
        if (const auto after = request.parameter("after"); after && positions == positions::moving) {
            const auto found = index_.find(*after);
            if (found == index_.end()) return failure(400, "No assistant found with the id of 'after'");
            start = found->second + 1;
        }
        std::string body = R"({"object":"list","data":[)";
        const page page = append_page(body, agents_, start, *limit);
        const auto id_at = [&](std::size_t index) {
            return page.count == 0 ? std::string{"null"} : '"' + agents_[index].id + '"';
        };
        body += R"(],"first_id":)" + id_at(start) + R"(,"last_id":)" + id_at(page.end - 1);
        body += page.more || positions == positions::stuck ? R"(,"has_more":true})" : R"(,"has_more":false})";
        return {200, std::move(body)};
    }

    std::string key_;
    std::vector<agent> agents_;
    std::unordered_map<std::string, std::size_t> index_;
};

}  // namespace

std::unique_ptr<dialect> make_assistants(const dialect_settings& settings) {
    return std::make_unique<assistants_dialect>(settings);
}

}  // namespace rollcall::simulator
