// Bodies of writes: what is taken of them, and what each wrong one is told.
#include "gateway/api/agent_body.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;
using texts = std::vector<std::string>;

constexpr std::string_view configured[] = {"prompts", "voices"};

/// A profile that takes all fields but `description`.
adapters::profile prompts() {
    adapters::profile profile;
    profile.write = {{"name", {{}, true, {}, {}}},       {"instructions", {{}, true, {}, {}}},
                     {"model", {{}, true, {}, {}}},      {"tags", {}},
                     {"temperature", {{}, false, 0, 2}}, {"max_tokens", {{}, false, 1, {}}}};
    return profile;
}

struct reading {
    normalizers::reader reader;

    /// `name=json` of each field to write, or the code and then `field: detail` of each fault.
    texts check(operation_kind operation, std::string_view body) {
        const auto members = members_of_body(reader, body);
        if (!members.has_value()) return told(members.error());
        const auto fields = fields_to_write(*members, operation, "prompts", prompts());
        if (!fields.has_value()) return told(fields.error());
        texts written;
        for (const auto& [name, raw] : *fields)
            written.push_back(std::string{name} + "=" + std::string{raw});
        return written;
    }
    texts create(std::string_view body) { return check(operation_kind::create, body); }
    texts update(std::string_view body) { return check(operation_kind::update, body); }
    texts provider(std::string_view body) {
        const auto members = members_of_body(reader, body);
        REQUIRE(members.has_value());
        const auto name = named_provider(reader, *members, configured);
        return name.has_value() ? texts{std::string{*name}} : told(name.error());
    }

    static texts told(const problem& problem) {
        texts told{std::string{kind_of(problem.code).code}};
        if (problem.errors.empty()) told.push_back(problem.detail);
        for (const auto& error : problem.errors) {
            CHECK(error.place == problem_item::place::field);
            told.push_back(error.name + ": " + error.detail);
        }
        CHECK(problem.detail.size() < 1000);
        return told;
    }
};

/// Whether the last of `told` begins with `beginning`, and there is one fault.
bool is_one_fault(const texts& told, std::string_view beginning) {
    INFO(told.back());
    return told.size() == 2 && told.front() == "invalid_body" && told.back().starts_with(beginning);
}

}  // namespace

TEST_CASE("the fields of a whole body are written as the client spelled them, whole numbers in digits") {
    reading reading;
    CHECK(reading.create(R"({"provider": "prompts", "name": "A \u00fc", "instructions": "", "model": "m",
                             "tags": ["a", "b"], "temperature": 1.50, "max_tokens": 1e3})") ==
          texts{"invalid_body", "instructions: it must not be empty"});
    CHECK(reading.create(R"({"provider": "prompts", "name": "A \u00fc", "instructions": "i", "model": "m",
                             "tags": ["a", "b"], "temperature": 1.50, "max_tokens": 1e3})") ==
          texts{R"(name="A \u00fc")", R"(instructions="i")", R"(model="m")", R"(tags=["a", "b"])", "temperature=1.50",
                "max_tokens=1000"});
    CHECK(reading.update(R"({"tags": []})") == texts{"tags=[]"});
}

TEST_CASE("what is no JSON object is told without a field") {
    reading reading;
    CHECK(reading.update("") == texts{"invalid_body", "a JSON object is expected, and there is no body"});
    for (const std::string_view body :
         {" ", "{", "[]", "null", "\"name\"", "1", "{\"name\": \"a\"", "{\"name\": }", "{\"name\": \"a\"} x",
          "{name: 1}", "{\"name\": \"\xff\"}", "{\"name\": \"\\x\"}", "{\"a\": 01}", "{'name': 'a'}", "{}{}",
          "{\"name\": \"a\",}", "\xfe\xff"}) {
        CAPTURE(body);
        const texts told = reading.update(body);
        REQUIRE(told.size() == 2);
        CHECK(told.front() == "invalid_body");
        CHECK_FALSE(told.back().empty());
    }
    const std::string deep = "{\"tags\": " + std::string(100'000, '[');
    CHECK(reading.update(deep).front() == "invalid_body");
}

TEST_CASE("a field of the wrong type is told what it must be") {
    reading reading;
    const std::vector<std::pair<std::string_view, std::string_view>> cases = {
        {R"({"name": 1})", "name: it must be a string, not a number"},
        {R"({"name": null})", "name: it must be a string, not null"},
        {R"({"model": true})", "model: it must be a string, not true or false"},
        {R"({"instructions": ["a"]})", "instructions: it must be a string, not an array"},
        {R"({"instructions": {}})", "instructions: it must be a string, not an object"},
        {R"({"tags": "a"})", "tags: it must be an array of strings, not a string"},
        {R"({"tags": ["a", 1]})", "tags: it must be an array of strings, and holds something else"},
        {R"({"tags": [null]})", "tags: it must be an array of strings, and holds something else"},
        {R"({"temperature": "1"})", "temperature: it must be a number, not a string"},
        {R"({"temperature": 2.0001})", "temperature: it must be a number from 0 to 2"},
        {R"({"temperature": -0.1})", "temperature: it must be a number from 0 to 2"},
        {R"({"temperature": 1e999})", "temperature: it must be a number from 0 to 2"},
        {R"({"max_tokens": 0})", "max_tokens: it must be a whole number from 1"},
        {R"({"max_tokens": 1.5})", "max_tokens: it must be a whole number from 1"},
        {R"({"max_tokens": 1e30})", "max_tokens: it must be a whole number from 1"},
        {R"({"max_tokens": 18446744073709551616})", "max_tokens: it must be a whole number from 1"},
        {R"({"name": ""})", "name: it must not be empty"},
    };
    for (const auto& [body, fault] : cases) {
        CAPTURE(body);
        CHECK(reading.update(body) == texts{"invalid_body", std::string{fault}});
    }
    for (const std::string_view fine : {R"({"temperature": 0})", R"({"temperature": 2})", R"({"temperature": 2.0})",
                                        R"({"max_tokens": 1})", R"({"max_tokens": 4096.0})"}) {
        CAPTURE(fine);
        CHECK(reading.update(fine).front() != "invalid_body");
    }
}

TEST_CASE("an unknown field is named with what may have been meant") {
    reading reading;
    CHECK(
        is_one_fault(reading.update(R"({"nane": "a"})"), "nane: there is no such field to write; did you mean name?"));
    CHECK(is_one_fault(reading.update(R"({"llmModel": "a"})"),
                       "llmModel: there is no such field to write; known: name, instructions, model, tags"));
    CHECK(is_one_fault(reading.update(R"({"": "a"})"), ": there is no such field"));
    CHECK(is_one_fault(reading.update(R"({"n\u0061me ": 1})"), "name : there is no such field"));
    const texts told = reading.update("{\"" + std::string(200'000, 'x') + "ü\": 1}");
    REQUIRE(told.size() == 2);
    CHECK(told.back().starts_with(std::string(64, 'x') + "…: "));
    CHECK(told.back().size() < 300);
}

TEST_CASE("a field that an agent has but nobody writes is told as such") {
    reading reading;
    for (const std::string field :
         {"id", "native_id", "status", "type", "created_at", "usage", "config", "avatar", "tools"}) {
        CAPTURE(field);
        CHECK(reading.update("{\"" + field + "\": 1}") == texts{"invalid_body", field + ": it can only be read"});
    }
    CHECK(is_one_fault(reading.update(R"({"provider": "prompts"})"), "provider: an agent stays with its provider"));
}

TEST_CASE("a field that this provider does not write is told with those that it does") {
    reading reading;
    CHECK(reading.update(R"({"description": "x"})") ==
          texts{"invalid_body",
                "description: prompts does not take it; it takes name, instructions, model, tags, "
                "temperature, max_tokens"});
}

TEST_CASE("a member that stands there twice is told once, whichever value was meant") {
    reading reading;
    CHECK(reading.update(R"({"name": "a", "name": "b", "n\u0061me": "c"})") ==
          texts{"invalid_body", "name: it is there more than once"});
    CHECK(reading.create(R"({"provider": "prompts", "provider": "prompts", "name": "a", "instructions": "i",
                             "model": "m"})") == texts{"invalid_body", "provider: it is there more than once"});
}

TEST_CASE("an update that changes nothing is refused") {
    reading reading;
    const texts told = reading.update("{}");
    REQUIRE(told.size() == 2);
    CHECK(told.back() ==
          "the body names no field to write; prompts takes name, instructions, model, tags, temperature, max_tokens");
}

TEST_CASE("every fault is told at once, those that are missing last") {
    reading reading;
    CHECK(reading.create(R"({"provider": "prompts", "name": 1, "status": "active", "tags": 2})") ==
          texts{"invalid_body", "name: it must be a string, not a number", "status: it can only be read",
                "tags: it must be an array of strings, not a number", "instructions: it is missing",
                "model: it is missing"});
    CHECK(reading.create(R"({"provider": "prompts"})") ==
          texts{"invalid_body", "name: it is missing", "instructions: it is missing", "model: it is missing"});
}

TEST_CASE("of very many faults the first sixteen are told") {
    reading reading;
    std::string body = "{";
    for (int i = 0; i < 5000; ++i)
        body += "\"field" + std::to_string(i) + "\": 1,";
    body.back() = '}';
    CHECK(reading.update(body).size() == 1 + most_body_faults);
    body = "{";
    for (int i = 0; i < 50'000; ++i)
        body += "\"name\":\"a\",";
    body.back() = '}';
    CHECK(reading.update(body) == texts{"invalid_body", "name: it is there more than once"});
}

TEST_CASE("a new agent's provider is found among those that are configured") {
    reading reading;
    CHECK(reading.provider(R"({"name": "a", "provider": "voices"})") == texts{"voices"});
    CHECK(reading.provider(R"({"provider": "v\u006fices"})") == texts{"voices"});
    CHECK(reading.provider(R"({"provider": "voice"})") ==
          texts{"unknown_provider", "provider: no provider is configured by that name; did you mean voices?"});
    CHECK(reading.provider(R"({"provider": ""})").front() == "unknown_provider");
    CHECK(reading.provider(R"({"provider": "\u0000"})").front() == "unknown_provider");
    CHECK(reading.provider(R"({"provider": 7})") ==
          texts{"invalid_body", "provider: it must be a string, not a number"});
}

TEST_CASE("without a provider the body is told what is wrong with it at any") {
    reading reading;
    CHECK(reading.provider(R"({"name": 1, "description": "x", "max_tokens": 1.5, "status": "active"})") ==
          texts{"invalid_body",
                "provider: it is missing: it names the provider that is to have the agent, one of prompts, voices",
                "name: it must be a string, not a number", "max_tokens: it must be a whole number",
                "status: it can only be read"});
}

}  // namespace rollcall::gateway
