// A gateway before Converra alone, the one of the four providers that takes writes, and reading what came of them.
#pragma once

#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::testing {

namespace json = boost::json;

/// What is read is kept so long that only a write can make it new; the quota is none of these tests' business.
inline constexpr std::string_view kept_long =
    "    cache: {ttl: 1h, stale_if_error: 1h}\n    quota: {calls: 100000, per: 1s}\n";

inline const header_list json_type{{"Content-Type", "application/json"}};
inline const header_list patch_type{{"Content-Type", "application/merge-patch+json"}};

inline constexpr std::string_view support_agent = R"({"provider": "converra", "name": "Customer Support",
    "instructions": "You are a helpful customer support agent...", "model": "gpt-4o",
    "description": "Main support chatbot", "tags": ["support", "production"]})";

inline header_list with_key(std::string_view key, header_list headers = json_type) {
    headers.emplace_back("Idempotency-Key", key);
    return headers;
}

struct converra_deployment {
    explicit converra_deployment(std::string_view more = {})
        : providers({"converra:agents=12"}),
          gateway(configuration(providers, {{"converra", {}, std::string{kept_long} + std::string{more}}})) {}

    response create(std::string_view body = support_agent, const header_list& headers = json_type) const {
        return gateway.request("POST", "/agents", headers, body);
    }
    response update(std::string_view id, std::string_view body, const header_list& headers = json_type) const {
        return gateway.request("PATCH", "/agents/" + std::string{id}, headers, body);
    }
    response remove(std::string_view id, const header_list& headers = {}) const {
        return gateway.request("DELETE", "/agents/" + std::string{id}, headers);
    }
    std::string first_id() {
        return "converra:" + std::string{providers.agents("converra").at(0).at("id").as_string()};
    }

    /// The requests of that method that the provider has had.
    std::vector<json::object> sent(std::string_view method) {
        std::vector<json::object> found;
        const auto requests = providers.requests("converra");
        for (const auto& request : requests.at("requests").as_array()) {
            if (request.at("method").as_string() == method) found.push_back(request.as_object());
        }
        return found;
    }

    simulators providers;
    testing::gateway gateway;
};

/// The bytes of a create; `header` is a further line.
inline std::string raw_create(std::string_view header = {}) {
    return "POST /agents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + std::string{header} +
           "Content-Length: " + std::to_string(support_agent.size()) + "\r\n\r\n" + std::string{support_agent};
}

inline json::object object_in(const response& answer) {
    return json::parse(answer.body).as_object();
}

inline std::string text_of(const json::object& object, std::string_view member) {
    return std::string{object.at(member).as_string()};
}

inline std::string detail_of(const response& answer) {
    return text_of(object_in(answer), "detail");
}

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// The fields that a problem names, in its order.
inline std::vector<std::string> fields_told(const response& answer) {
    std::vector<std::string> names;
    const auto problem = object_in(answer);
    for (const auto& error : problem.at("errors").as_array()) {
        CHECK_FALSE(error.at("detail").as_string().empty());
        names.emplace_back(error.at("field").as_string());
    }
    return names;
}

using names = std::vector<std::string>;

inline std::set<std::string> listed_ids(const gateway& gateway) {
    std::set<std::string> ids;
    for (const auto& [id, times] : walk(gateway, "limit=200").times) {
        CHECK(times == 1);
        ids.insert(id);
    }
    return ids;
}

}  // namespace rollcall::testing
