// One agent by its id, and the fields of every provider's agents against the contract's table.
#include "tests/end_to_end/deployment.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>

namespace {

using namespace rollcall::testing;
namespace json = boost::json;

/// What the contract's table makes of a provider's own agent, written down here a second time and by hand.
class expected_agent {
  public:
    explicit expected_agent(const json::object& source) : source_(source) {
        for (const std::string_view name :
             {"type", "status", "description", "email", "language", "model", "instructions", "greeting", "voice",
              "avatar", "config", "usage", "created_at", "updated_at", "last_used_at"}) {
            agent[name] = nullptr;
        }
        agent["tags"] = agent["tools"] = agent["phone_numbers"] = json::array{};
    }

    [[nodiscard]] json::value from(std::string_view key) const {
        const auto* value = source_.if_contains(key);
        return value == nullptr ? json::value{} : *value;
    }
    void identify(const std::string& provider, const json::value& id) {
        const std::string native = id.is_string() ? std::string{id.as_string()} : json::serialize(id);
        agent["id"] = provider + ":" + native;
        agent["provider"] = provider;
        agent["native_id"] = native;
        agent["name"] = from("name");
    }

    json::object agent;

  private:
    const json::object& source_;
};

json::value id_only(const json::value& id) {
    if (id.is_null()) return nullptr;
    return json::object{{"id", id}};
}

json::object expected_hyperrep(const json::object& source) {
    expected_agent expected{source};
    expected.identify("hyperrep", source.at("agent_id"));
    expected.agent["type"] = "human";
    expected.agent["email"] = expected.from("email");
    return expected.agent;
}

json::object expected_heppu(const json::object& source) {
    expected_agent expected{source};
    expected.identify("heppu", source.at("id"));
    for (const std::string_view name : {"type", "status", "model", "instructions", "config"})
        expected.agent[name] = expected.from(name);
    if (const auto* config = source.if_contains("config"); config != nullptr && config->is_object()) {
        if (const auto* greeting = config->as_object().if_contains("greeting")) expected.agent["greeting"] = *greeting;
        if (const auto* voice = config->as_object().if_contains("voice")) expected.agent["voice"] = id_only(*voice);
    }
    json::array tools;
    for (const auto& tool : source.at("tools").as_array()) {
        json::object whole;
        for (const std::string_view name : {"id", "name", "description", "category", "config"}) {
            const auto* value = tool.as_object().if_contains(name);
            whole[name] = value == nullptr ? json::value{} : *value;
        }
        tools.push_back(whole);
    }
    expected.agent["tools"] = tools;
    if (!expected.from("phoneNumbers").is_null()) expected.agent["phone_numbers"] = expected.from("phoneNumbers");
    expected.agent["created_at"] = expected.from("createdAt");
    expected.agent["updated_at"] = expected.from("updatedAt");
    return expected.agent;
}

json::object expected_converra(const json::object& source) {
    expected_agent expected{source};
    expected.identify("converra", source.at("id"));
    expected.agent["status"] = expected.from("status");
    expected.agent["description"] = expected.from("description");
    expected.agent["model"] = expected.from("llmModel");
    expected.agent["instructions"] = expected.from("content");
    if (!expected.from("tags").is_null()) expected.agent["tags"] = expected.from("tags");
    if (!expected.from("conversationCount").is_null()) {
        expected.agent["usage"] =
            json::object{{"conversations", expected.from("conversationCount")}, {"avg_duration_s", nullptr}};
    }
    expected.agent["created_at"] = expected.from("createdAt");
    expected.agent["updated_at"] = expected.from("updatedAt");
    return expected.agent;
}

json::object expected_agenthuman(const json::object& source) {
    expected_agent expected{source};
    expected.identify("agenthuman", source.at("agent_id"));
    expected.agent["type"] = "avatar";
    expected.agent["status"] = expected.from("status");
    expected.agent["language"] = expected.from("language");
    expected.agent["instructions"] = expected.from("context");
    expected.agent["greeting"] = expected.from("custom_greeting");
    expected.agent["voice"] = id_only(expected.from("voice_id"));
    if (!expected.from("avatar_id").is_null()) {
        expected.agent["avatar"] = json::object{{"id", json::serialize(expected.from("avatar_id"))},
                                                {"name", expected.from("avatar_name")},
                                                {"url", expected.from("avatar_url")}};
    }
    if (!expected.from("total_sessions").is_null() || !expected.from("avg_duration").is_null()) {
        expected.agent["usage"] = json::object{{"conversations", expected.from("total_sessions")},
                                               {"avg_duration_s", expected.from("avg_duration")}};
    }
    for (const std::string_view name : {"created_at", "updated_at", "last_used_at"})
        expected.agent[name] = expected.from(name);
    return expected.agent;
}

const std::map<std::string, json::object (*)(const json::object&)> expectations{{"hyperrep", expected_hyperrep},
                                                                                {"heppu", expected_heppu},
                                                                                {"converra", expected_converra},
                                                                                {"agenthuman", expected_agenthuman}};

/// An id as a path segment.
std::string encoded(std::string_view id) {
    std::string out;
    for (const char c : id) {
        const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.' ||
                           c == '~' || c == ':';
        if (plain) {
            out += c;
        } else {
            constexpr std::string_view digits = "0123456789ABCDEF";
            out += '%';
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[static_cast<unsigned char>(c) & 15];
        }
    }
    return out;
}

}  // namespace

TEST_CASE("every field of every agent is what the contract's table says") {
    four_provider_deployment deployment;
    const auto walked = walk(deployment.gateway, "limit=200");
    std::size_t compared = 0;
    for (const auto& [provider, expected_of] : expectations) {
        for (const auto& source : deployment.providers.agents(provider)) {
            const json::object expected = expected_of(source.as_object());
            const auto found = walked.agents.find(std::string{expected.at("id").as_string()});
            REQUIRE(found != walked.agents.end());
            CHECK(found->second.size() == expected.size());
            for (const auto& [field, value] : expected) {
                CAPTURE(provider);
                CAPTURE(std::string{field});
                CHECK_MESSAGE(json::serialize(found->second.at(field)) == json::serialize(value),
                              json::serialize(source));
            }
            ++compared;
        }
    }
    CHECK(compared == 243);
}

TEST_CASE("each provider's agent can be had by its id, from its own call or from its list") {
    four_provider_deployment deployment;
    for (const auto& [provider, expected_of] : expectations) {
        CAPTURE(provider);
        const auto listed = page_of(deployment.gateway, "/agents?limit=3&provider=" + provider);
        for (const auto& agent : listed.at("data").as_array()) {
            const std::string id{agent.at("id").as_string()};
            const auto answer = deployment.gateway.get("/agents/" + encoded(id));
            REQUIRE(answer.status == 200);
            const auto one = json::parse(answer.body).as_object();
            for (const auto& [field, value] : agent.as_object()) {
                // Heppu's detail says more of tools and configuration than its list.
                if (field != "tools" && field != "config") CHECK(one.at(field) == value);
            }
        }
    }
    const auto heppu = deployment.providers.agents("heppu");
    const auto with_tools =
        std::ranges::find_if(heppu, [](const auto& agent) { return !agent.at("tools").as_array().empty(); });
    REQUIRE(with_tools != heppu.end());
    const auto detail =
        json::parse(deployment.gateway.get("/agents/heppu:" + std::string{with_tools->at("id").as_string()}).body);
    CHECK(detail.at("tools").at(0).at("category").is_string());
}

TEST_CASE("fields= and include=source work on one agent as on a page") {
    four_provider_deployment deployment;
    const auto source = deployment.providers.agents("converra").front();
    const auto answer = deployment.gateway.get("/agents/converra:" + std::string{source.at("id").as_string()} +
                                               "?fields=name&include=source");
    const auto agent = json::parse(answer.body).as_object();
    CHECK(agent.size() == 4);
    CHECK(agent.at("source").at("llmModel") == source.at("llmModel"));
}

TEST_CASE("an agent that is not there, an unknown provider and a malformed id are told apart") {
    four_provider_deployment deployment;
    for (const std::string provider : {"hyperrep", "heppu", "converra", "agenthuman"}) {
        CAPTURE(provider);
        CHECK(problem_of(deployment.gateway.get("/agents/" + provider + ":no-such-agent")) == "404 not_found");
        CHECK(problem_of(deployment.gateway.get("/agents/" + provider + ":")) == "404 not_found");
    }
    CHECK(problem_of(deployment.gateway.get("/agents/nobody:1")) == "404 unknown_provider");
    CHECK(problem_of(deployment.gateway.get("/agents/heppu")) == "404 unknown_provider");
    CHECK(problem_of(deployment.gateway.get("/agents/heppu:%zz")) == "400 malformed_request");
    CHECK(problem_of(deployment.gateway.get("/agents/heppu:1?limit=3")) == "400 invalid_parameter");
}

TEST_CASE("no id escapes its path segment at the provider") {
    four_provider_deployment deployment;
    for (int byte = 0; byte < 256; ++byte) {
        CAPTURE(byte);
        deployment.providers.forget_requests("converra");
        const std::string id = std::string{"a"} + static_cast<char>(byte) + "b";
        const auto answer = deployment.gateway.get("/agents/converra:" + encoded(id));
        CHECK(answer.status >= 400);
        CHECK(answer.status < 500);
        const auto requests = deployment.providers.requests("converra");
        for (const auto& sent : requests.at("requests").as_array()) {
            CHECK(std::string_view{sent.at("target").as_string()} ==
                  "/api/v1/agents/" + (byte == ':' ? "a%3Ab" : encoded(id)));
        }
    }
    for (const std::string id : {".", "..", "%2E%2E", "%2e"}) {
        CAPTURE(id);
        deployment.providers.forget_requests("converra");
        CHECK(problem_of(deployment.gateway.get("/agents/converra:" + id)) == "404 not_found");
        // A dot segment has no path of its own, so it is looked for in the list.
        const auto requests = deployment.providers.requests("converra");
        for (const auto& sent : requests.at("requests").as_array()) {
            CHECK(std::string_view{sent.at("target").as_string()}.starts_with("/api/v1/agents?"));
        }
    }
}

TEST_CASE("an agent whose id is a dot segment is found in its list") {
    four_provider_deployment deployment;
    deployment.providers.set_fault(
        "converra",
        R"({"mode": "body", "body": "{\"data\": [{\"id\": \"..\", \"name\": \"dots\"}], \"pagination\": {\"total\": 1}}"})");
    const auto answer = deployment.gateway.get("/agents/converra:..");
    REQUIRE(answer.status == 200);
    CHECK(json::parse(answer.body).at("name").as_string() == "dots");
}

TEST_CASE("a provider that answers with another agent than was asked for is not believed") {
    four_provider_deployment deployment;
    deployment.providers.set_fault("converra", R"({"mode": "body", "body": "{\"id\": \"other\", \"name\": \"x\"}"})");
    CHECK(problem_of(deployment.gateway.get("/agents/converra:mine")) == "502 upstream_invalid_response");
}

TEST_CASE("a provider that fails is told with its own words on one agent") {
    four_provider_deployment deployment{"    cache: {ttl: 0s}\n    timeout: 800ms\n"};
    deployment.providers.set_fault("converra", R"({"mode": "status", "status": 400})");
    CHECK(problem_of(deployment.gateway.get("/agents/converra:x")) == "400 invalid_parameter");
    deployment.providers.set_fault("converra", R"({"mode": "unauthorized"})");
    CHECK(problem_of(deployment.gateway.get("/agents/converra:x")) == "502 upstream_auth_failed");
    deployment.providers.set_fault("converra", R"({"mode": "hang"})");
    CHECK(problem_of(deployment.gateway.get("/agents/converra:x")) == "504 upstream_timeout");
    deployment.providers.close_listener("converra");
    CHECK(problem_of(deployment.gateway.get("/agents/converra:x")) == "502 upstream_unreachable");
}

TEST_CASE("what no profile offers is a 501 that names what there is") {
    four_provider_deployment deployment;
    const auto answer = deployment.gateway.get("/agents/heppu:1/insights");
    CHECK(problem_of(answer) == "501 unsupported_operation");
    CHECK(std::string{json::parse(answer.body).at("detail").as_string()}.find("list, get") != std::string::npos);
    CHECK(problem_of(deployment.gateway.request("DELETE", "/agents/heppu:1")) == "501 unsupported_operation");
    const auto put = deployment.gateway.request("PUT", "/agents/heppu:1");
    CHECK(problem_of(put) == "405 method_not_allowed");
    CHECK(put.header("allow") == "GET, HEAD, PATCH, DELETE");
    CHECK(problem_of(deployment.gateway.get("/agent")) == "404 not_found");
}
