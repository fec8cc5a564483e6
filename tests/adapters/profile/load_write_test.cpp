// Where the writable fields go, and the exact words for each key that is wrong.
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace rollcall::adapters {
namespace {

const std::map<std::string, std::string> create = {
    {"operations", "{list: {path: /a, items: /a}, create: {path: /a, item: \"\"}}"}};
const std::map<std::string, std::string> update = {
    {"operations", "{list: {path: /a, items: /a}, update: {path: \"/a/{id}\", item: \"\"}}"}};

}  // namespace

TEST_CASE("what clients may write is read as it is written") {
    auto sections = create;
    sections["write"] =
        "{name: {to: /name, required: true}, instructions: /prompt/text, model: {to: /a~1b}, tags: /tags, "
        "temperature: {to: /prompt/temperature, minimum: -0.5, maximum: 2e0}, max_tokens: {to: /max, "
        "minimum: 1}}";
    const auto [read, faults] = load_text(profile_text(sections));
    CHECK(faults == "");
    CHECK(read.write.size() == 6);
    CHECK(read.write.at("name").to == json_pointer{"name"});
    CHECK(read.write.at("name").required);
    CHECK(read.write.at("instructions").to == json_pointer{"prompt", "text"});
    CHECK_FALSE(read.write.at("instructions").required);
    CHECK_FALSE(read.write.at("instructions").minimum.has_value());
    CHECK(read.write.at("model").to == json_pointer{"a/b"});
    CHECK(read.write.at("temperature").minimum == -0.5);
    CHECK(read.write.at("temperature").maximum == 2.0);
    CHECK(read.write.at("max_tokens").minimum == 1.0);
    CHECK_FALSE(read.write.at("max_tokens").maximum.has_value());
}

TEST_CASE("create and update go with what is written") {
    const std::string needs = ": needs write, which says where its fields go";
    CHECK(faults_with(create) == "p.yaml:6:51: operations.create" + needs);
    CHECK(faults_with(update) == "p.yaml:6:51: operations.update" + needs);
    check_each("write", {{"{name: /name}", "10:8: write: is used by no operation"}});
    for (auto sections : {create, update}) {
        sections["write"] = "{name: /name}";
        CHECK(faults_with(sections) == "");
    }
    check_each("write",
               {{"{name: {to: /name, required: true}}",
                 "10:37: write.name.required: is for operations.create, which is not there"}},
               update);
    auto optional = update;
    optional["write"] = "{name: {to: /name, required: false}}";
    CHECK(faults_with(optional) == "");
}

TEST_CASE("the fields that clients may write, and the keys of their rules") {
    const std::string pointer = "expected a JSON pointer such as /data/agents (with ~0 for ~ and ~1 for /), found ";
    check_each(
        "write",
        {{"{}", "10:8: write: must name at least one field"},
         {"[name]", "10:8: write: expected a map, found a list"},
         {"{nam: /n}", "10:9: write.nam: is no field that clients may write; did you mean name?"},
         {"{status: /s}",
          "10:9: write.status: is no field that clients may write; known: name, instructions, model, description, "
          "tags, temperature, max_tokens"},
         {"{name: name}", "10:15: write.name: " + pointer + "\"name\""},
         {"{name: \"\"}", "10:15: write.name: must point to a member; \"\" is the whole value"},
         {"{name: [/a, /b]}", "10:15: write.name: expected a JSON pointer such as /data/agents, found a list"},
         {"{name: {}}", "10:15: write.name.to: is missing"},
         {"{name: {to: \"\"}}", "10:20: write.name.to: must point to a member; \"\" is the whole value"},
         {"{name: {from: /n}}",
          "10:15: write.name.to: is missing\np.yaml:10:16: write.name.from: unknown key; known: to, required, minimum, "
          "maximum"},
         {"{name: {to: /n, required: yes}}", "10:34: write.name.required: expected true or false, found \"yes\""},
         {"{name: {to: /n, minimum: 1}}", "10:33: write.name.minimum: is for numbers, which name is not"},
         {"{tags: {to: /n, maximum: 9}}", "10:33: write.tags.maximum: is for numbers, which tags is not"}},
        create);
}

TEST_CASE("the least and the most of a number") {
    const std::string expected = "expected a number, found ";
    check_each(
        "write",
        {{"{temperature: {to: /t, minimum: low}}", "10:40: write.temperature.minimum: " + expected + "\"low\""},
         {"{temperature: {to: /t, maximum: 2k}}", "10:40: write.temperature.maximum: " + expected + "\"2k\""},
         {"{temperature: {to: /t, maximum: inf}}", "10:40: write.temperature.maximum: " + expected + "\"inf\""},
         {"{temperature: {to: /t, maximum: nan}}", "10:40: write.temperature.maximum: " + expected + "\"nan\""},
         {"{temperature: {to: /t, maximum: 1e999}}", "10:40: write.temperature.maximum: " + expected + "\"1e999\""},
         {"{temperature: {to: /t, maximum: \"\"}}", "10:40: write.temperature.maximum: " + expected + "\"\""},
         {"{max_tokens: {to: /t, minimum: [1]}}", "10:39: write.max_tokens.minimum: expected a text, found a list"},
         {"{temperature: {to: /t, minimum: 1.5, maximum: 1}}",
          "10:54: write.temperature.maximum: must be at least the minimum 1.5"}},
        create);
    auto equal = create;
    equal["write"] = "{temperature: {to: /t, minimum: 1, maximum: 1}}";
    CHECK(faults_with(equal) == "");
}

TEST_CASE("no two fields are written to the same place, nor one inside another") {
    const std::string same = "name is written to the same place, or one of the two inside the other";
    check_each("write",
               {{"{name: /a, model: /a}", "10:26: write.model: " + same},
                {"{name: /a, model: {to: /a}}", "10:26: write.model: " + same},
                {"{name: /a, model: /a/b}", "10:26: write.model: " + same},
                {"{name: /a/b, model: /a}", "10:28: write.model: " + same}},
               create);
    auto beside = create;
    beside["write"] = "{name: /a/b, model: /a/c, description: /ab, tags: /b}";
    CHECK(faults_with(beside) == "");
}

}  // namespace rollcall::adapters
