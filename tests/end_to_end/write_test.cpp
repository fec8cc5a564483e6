// Writes through the whole gateway: what reaches the provider, and what the client sees of it.
#include "tests/end_to_end/converra_deployment.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::testing {

TEST_CASE("an agent lives from its creation to its end, each step seen at once whatever was read before") {
    converra_deployment deployment;
    const auto before = listed_ids(deployment.gateway);
    CHECK(before.size() == 12);

    const auto created = deployment.create();
    REQUIRE(created.status == 201);
    CHECK(created.header("x-rollcall-complete") == "true");
    CHECK(created.header("cache-control") == "no-store");
    const auto agent = object_in(created);
    const std::string id = text_of(agent, "id");
    CHECK(created.header("location") == "/agents/" + id);
    const auto got = deployment.gateway.get(created.header("location"));
    REQUIRE(got.status == 200);
    CHECK(object_in(got) == agent);
    auto after = before;
    after.insert(id);
    CHECK(listed_ids(deployment.gateway) == after);

    const auto updated = deployment.update(id, R"({"name": "Renamed", "tags": []})");
    REQUIRE(updated.status == 200);
    CHECK(updated.header("x-rollcall-complete") == "true");
    CHECK_FALSE(updated.has("location"));
    auto expected = agent;
    expected["name"] = "Renamed";
    expected["tags"] = json::array{};
    expected["updated_at"] = object_in(updated).at("updated_at");
    CHECK(object_in(updated) == expected);
    CHECK(object_in(deployment.gateway.get("/agents/" + id)) == expected);
    CHECK(walk(deployment.gateway, "limit=200").agents.at(id) == expected);

    const auto deleted = deployment.remove(id);
    CHECK(deleted.status == 204);
    CHECK(deleted.body.empty());
    CHECK(problem_of(deployment.gateway.get("/agents/" + id)) == "404 not_found");
    CHECK(listed_ids(deployment.gateway) == before);
    CHECK(problem_of(deployment.remove(id)) == "404 not_found");
    CHECK(problem_of(deployment.update(id, R"({"name": "x"})")) == "404 not_found");
}

TEST_CASE("the documented examples reach the provider in its words, and come back in ours") {
    converra_deployment deployment;
    const auto created = deployment.create();
    REQUIRE(created.status == 201);
    const auto posts = deployment.sent("POST");
    REQUIRE(posts.size() == 1);
    CHECK(text_of(posts[0], "target") == "/api/v1/agents");
    CHECK(json::parse(text_of(posts[0], "body")) == json::parse(R"({
        "name": "Customer Support", "content": "You are a helpful customer support agent...", "llmModel": "gpt-4o",
        "description": "Main support chatbot", "tags": ["support", "production"]})"));
    const auto agent = object_in(created);
    CHECK(text_of(agent, "provider") == "converra");
    CHECK(text_of(agent, "name") == "Customer Support");
    CHECK(text_of(agent, "instructions") == "You are a helpful customer support agent...");
    CHECK(text_of(agent, "model") == "gpt-4o");
    CHECK(text_of(agent, "description") == "Main support chatbot");
    CHECK(text_of(agent, "status") == "active");
    CHECK(agent.at("tags") == json::parse(R"(["support", "production"])"));

    const auto updated = deployment.update(
        text_of(agent, "id"), R"({"instructions": "Updated system prompt...", "tags": ["support", "v2"]})", patch_type);
    REQUIRE(updated.status == 200);
    const auto patches = deployment.sent("PATCH");
    REQUIRE(patches.size() == 1);
    CHECK(text_of(patches[0], "target") == "/api/v1/agents/" + text_of(agent, "native_id"));
    CHECK(json::parse(text_of(patches[0], "body")) ==
          json::parse(R"({"content": "Updated system prompt...", "tags": ["support", "v2"]})"));
    CHECK(text_of(object_in(updated), "instructions") == "Updated system prompt...");
    // The provider's answer to an update says nothing of these.
    CHECK(text_of(object_in(updated), "model") == "gpt-4o");
    CHECK(object_in(updated).at("tags") == json::parse(R"(["support", "v2"])"));

    CHECK(deployment.remove(text_of(agent, "id")).status == 204);
    const auto deletes = deployment.sent("DELETE");
    REQUIRE(deletes.size() == 1);
    CHECK(text_of(deletes[0], "body").empty());
}

TEST_CASE("numbers and any text arrive at the provider as they were written") {
    converra_deployment deployment;
    const auto created = deployment.create(
        R"({"provider": "converra", "name": "\u00dc \"x\" \ud83d\ude00 日本", "instructions": "a\nb\tc\\", "model": "m",
            "temperature": 0.70, "max_tokens": 2048})");
    REQUIRE(created.status == 201);
    const auto body = json::parse(text_of(deployment.sent("POST").at(0), "body")).as_object();
    CHECK(body.at("temperature").as_double() == doctest::Approx(0.7));
    CHECK(body.at("maxTokens") == 2048);
    CHECK(text_of(object_in(created), "name") == "Ü \"x\" 😀 日本");
    CHECK(text_of(object_in(created), "instructions") == "a\nb\tc\\");
}

TEST_CASE("nothing is asked of a provider for a body that is wrong") {
    converra_deployment deployment;
    const std::string id = deployment.first_id();
    deployment.providers.forget_requests("converra");

    const auto all_wrong =
        deployment.create(R"({"provider": "converra", "name": "", "modl": "gpt-4o", "status": "active",
                              "tags": ["a", 1], "temperature": 2.1, "max_tokens": 1.5, "tags": []})");
    CHECK(problem_of(all_wrong) == "400 invalid_body");
    CHECK(fields_told(all_wrong) ==
          names{"name", "modl", "status", "tags", "temperature", "max_tokens", "tags", "instructions", "model"});
    CHECK(contains(all_wrong.body, "did you mean model?"));

    CHECK(fields_told(deployment.create("{}")) == names{"provider"});
    const auto unknown = deployment.create(R"({"provider": "convera", "name": "x"})");
    CHECK(problem_of(unknown) == "404 unknown_provider");
    CHECK(fields_told(unknown) == names{"provider"});
    CHECK(fields_told(deployment.update(id, R"({"provider": "converra", "id": "x"})")) == names{"provider", "id"});
    for (const std::string_view body : {"", "{", "[]", "{\"name\": \"a\"}}", "null", "{}"}) {
        CAPTURE(body);
        CHECK(problem_of(deployment.update(id, body)) == "400 invalid_body");
        CHECK_FALSE(object_in(deployment.update(id, body)).contains("errors"));
    }
    CHECK(problem_of(deployment.update(id, R"({"name": null})")) == "400 invalid_body");
    CHECK(problem_of(deployment.gateway.request("PATCH", "/agents/" + id + "?fields=name", json_type,
                                                R"({"name": "x"})")) == "400 invalid_parameter");
    CHECK(problem_of(deployment.gateway.request("DELETE", "/agents/" + id + "?force=true")) == "400 invalid_parameter");
    for (const std::string_view key : {"", "a b", "ä"}) {
        CAPTURE(key);
        const auto refused = deployment.remove(id, with_key(key, {}));
        CHECK(problem_of(refused) == "400 invalid_parameter");
        CHECK(contains(refused.body, R"("parameter":"Idempotency-Key")"));
    }
    CHECK(problem_of(deployment.remove(id, with_key(std::string(256, 'k'), {}))) == "400 invalid_parameter");
    CHECK(problem_of(deployment.remove(id, with_key("a", with_key("b", {})))) == "400 invalid_parameter");
    CHECK(deployment.providers.request_count("converra") == 0);
}

TEST_CASE("a body of another media type is refused with those that are taken") {
    converra_deployment deployment;
    const std::string id = deployment.first_id();
    deployment.providers.forget_requests("converra");
    for (const header_list& headers :
         {header_list{}, header_list{{"Content-Type", "text/plain"}},
          header_list{{"Content-Type", "application/json; charset=latin1"}},
          header_list{{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}},
          header_list{{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}}) {
        const auto created = deployment.create(support_agent, headers);
        CHECK(problem_of(created) == "415 unsupported_media_type");
        CHECK(created.header("accept-post") == "application/json");
        const auto updated = deployment.update(id, R"({"name": "x"})", headers);
        CHECK(problem_of(updated) == "415 unsupported_media_type");
        CHECK(updated.header("accept-patch") == "application/json, application/merge-patch+json");
    }
    CHECK(problem_of(deployment.create(support_agent, patch_type)) == "415 unsupported_media_type");
    CHECK(problem_of(deployment.update(id, "x" + std::string(1024 * 1024, ' '))) == "413 payload_too_large");
    CHECK(deployment.providers.request_count("converra") == 0);
    CHECK(deployment.update(id, R"({"name": "x"})", {{"Content-Type", "Application/JSON; Charset=\"UTF-8\""}}).status ==
          200);
}

TEST_CASE("what the provider finds wrong is told in our names") {
    converra_deployment deployment;
    const auto refused = deployment.create(
        R"({"provider": "converra", "name": "a", "instructions": "b", "model": "no such model!", "tags": [""]})");
    CHECK(problem_of(refused) == "400 invalid_body");
    auto told = fields_told(refused);
    std::ranges::sort(told);
    CHECK(told == names{"model", "tags"});
    CHECK_FALSE(contains(refused.body, "llmModel"));
    CHECK(contains(refused.body, "Must be a valid model name"));
    const auto problem = object_in(refused);
    CHECK(text_of(problem, "provider") == "converra");
    CHECK(problem.at("upstream").at("status") == 400);
    CHECK(problem.at("upstream").at("code").as_string() == "VALIDATION_ERROR");

    deployment.providers.set_fault("converra", R"({"mode": "body", "status": 422, "body":
        "{\"error\": {\"code\": \"NO\", \"message\": \"no\", \"details\": {\"quota\": \"used up\", \"content\": \"too long\"}}}"})");
    const auto conflict = deployment.update(deployment.first_id(), R"({"instructions": "x"})");
    CHECK(problem_of(conflict) == "400 invalid_body");
    CHECK(fields_told(conflict) == names{"instructions"});
    CHECK(contains(detail_of(conflict), "quota: used up"));
}

TEST_CASE("a provider that takes no writes is told with what it offers") {
    four_provider_deployment deployment;
    for (const std::string provider : {"hyperrep", "heppu", "agenthuman"}) {
        CAPTURE(provider);
        deployment.providers.forget_requests(provider);
        const auto created = deployment.gateway.request("POST", "/agents", json_type,
                                                        R"({"provider": ")" + provider + R"(", "name": "x"})");
        CHECK(problem_of(created) == "501 unsupported_operation");
        CHECK(contains(detail_of(created), "list, get"));
        const auto updated =
            deployment.gateway.request("PATCH", "/agents/" + provider + ":1", json_type, R"({"name": "x"})");
        CHECK(problem_of(updated) == "501 unsupported_operation");
        CHECK(contains(detail_of(updated), "list, get"));
        CHECK(problem_of(deployment.gateway.request("DELETE", "/agents/" + provider + ":1")) ==
              "501 unsupported_operation");
        CHECK(deployment.providers.request_count(provider) == 0);
    }
    CHECK(problem_of(deployment.gateway.request("DELETE", "/agents/nobody:1")) == "404 unknown_provider");
    CHECK(problem_of(deployment.gateway.request("PATCH", "/agents/nobody", json_type, "{}")) == "404 unknown_provider");
}

TEST_CASE("no id of a write escapes its path segment at the provider") {
    converra_deployment deployment;
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (int byte = 0; byte < 256; byte += 3) {
        CAPTURE(byte);
        deployment.providers.forget_requests("converra");
        const std::string encoded{'%', digits[static_cast<std::size_t>(byte) / 16],
                                  digits[static_cast<std::size_t>(byte) % 16]};
        const auto answer = deployment.remove("converra:a" + encoded + "b");
        CHECK(answer.status >= 400);
        CHECK(answer.status < 500);
        for (const auto& request : deployment.sent("DELETE")) {
            const std::string target = text_of(request, "target");
            CHECK(target.starts_with("/api/v1/agents/a"));
            CHECK(target.ends_with("b"));
            CHECK(std::ranges::count(target, '/') == 4);
            CHECK_FALSE(contains(target, "?"));
        }
    }
    deployment.providers.forget_requests("converra");
    for (const std::string_view id : {"converra:", "converra:.", "converra:..", "converra:%2E%2e"}) {
        CAPTURE(id);
        CHECK(problem_of(deployment.remove(id)) == "404 not_found");
        CHECK(problem_of(deployment.update(id, R"({"name": "x"})")) == "404 not_found");
    }
    CHECK(deployment.providers.request_count("converra") == 0);
}

TEST_CASE("where the agent cannot be read again the provider's own answer is given in the one shape") {
    converra_deployment deployment;
    const std::string id = deployment.first_id();
    const auto agent = object_in(deployment.gateway.get("/agents/" + id));
    deployment.providers.set_fault("converra", R"({"mode": "status", "status": 500, "after": 1})");
    const auto updated = deployment.update(id, R"({"name": "Renamed"})");
    REQUIRE(updated.status == 200);
    CHECK(updated.header("x-rollcall-complete") == "false");
    const auto part = object_in(updated);
    CHECK(part.size() == agent.size());
    CHECK(text_of(part, "id") == id);
    CHECK(text_of(part, "name") == "Renamed");
    CHECK(part.at("model").is_null());
    CHECK(part.at("tags") == json::array{});

    deployment.providers.set_fault("converra", R"({"mode": "hang", "after": 1})");
    const auto created = deployment.create();
    REQUIRE(created.status == 201);
    CHECK(created.header("x-rollcall-complete") == "false");
    CHECK(text_of(object_in(created), "model") == "gpt-4o");
    deployment.providers.clear_fault("converra");
    CHECK(deployment.gateway.get(created.header("location")).status == 200);
}

TEST_CASE("a new agent's id finds its way into Location whatever it is made of") {
    converra_deployment deployment;
    deployment.providers.set_fault("converra", R"({"mode": "body", "status": 201, "times": 1,
        "body": "{\"id\": \"a/b ü?#%..\", \"name\": \"odd\"}"})");
    const auto created = deployment.create();
    REQUIRE(created.status == 201);
    CHECK(text_of(object_in(created), "id") == "converra:a/b ü?#%..");
    CHECK(created.header("location") == "/agents/converra:a%2Fb%20%C3%BC%3F%23%25..");
    deployment.providers.set_fault("converra", R"({"mode": "body", "status": 200,
        "body": "{\"id\": \"a/b ü?#%..\", \"name\": \"odd\"}"})");
    CHECK(deployment.gateway.get(created.header("location")).status == 200);

    for (const std::string_view body : {R"({\"id\": \"..\"})", R"({\"id\": \"\"})", R"({\"name\": \"x\"})", "[]"}) {
        CAPTURE(body);
        deployment.providers.set_fault("converra",
                                       R"({"mode": "body", "status": 201, "body": ")" + std::string{body} + "\"}");
        const auto lost = deployment.create();
        CHECK(problem_of(lost) == "502 upstream_invalid_response");
        CHECK(contains(detail_of(lost), "may have been done"));
    }
}

}  // namespace rollcall::testing
