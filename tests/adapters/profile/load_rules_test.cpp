// The rules of an agent's fields, and the exact words for each key that is wrong.
#include "adapters/profile/load_rules.hpp"

#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace rollcall::adapters {

TEST_CASE("an agent's fields are those of the schema, each with the keys of its kind") {
    const std::string pointer = "expected a JSON pointer such as /data/agents (with ~0 for ~ and ~1 for /), found ";
    check_each(
        "agent",
        {{"{name: /name}", "9:8: agent.id: is missing"},
         {"{id: /id, nam: /n}", "9:18: agent.nam: unknown field; did you mean name?"},
         {"{id: /id, provider: /p}",
          "9:18: agent.provider: is the provider's name in the configuration and cannot be mapped"},
         {"{id: /id, native_id: /p}", "9:18: agent.native_id: is read by the rule of id and cannot be mapped itself"},
         {"{id: /id, name: name}", "9:24: agent.name: " + pointer + "\"name\""},
         {"{id: /id, name: /na~me}", "9:24: agent.name: " + pointer + "\"/na~me\""},
         {"{id: \"\"}", "9:13: agent.id: must point to a member; \"\" is the whole value"},
         {"{id: /id, name: [/a, /b]}", "9:24: agent.name: expected a JSON pointer such as /data/agents, found a list"},
         {"{id: /id, name: }", "9:24: agent.name: expected a JSON pointer such as /data/agents, found nothing"},
         {"{id: /id, name: {}}", "9:24: agent.name.from: is missing"},
         {"{id: /id, name: {from: []}}", "9:31: agent.name.from: must name at least one JSON pointer"},
         {"{id: /id, name: {from: /n, const: x}}", "9:31: agent.name.from: does not go with const"},
         {"{id: {const: x}}",
          "9:21: agent.id.const: does not go with an id, which takes from, "
          "to_string"},
         {"{id: /id, name: {from: /n, values: {a: b}}}",
          "9:43: agent.name.values: does not go with a text, which takes from, const, to_string"},
         {"{id: /id, name: {from: /n, time: rfc3339}}",
          "9:41: agent.name.time: does not go with a text, which takes from, const, to_string"},
         {"{id: /id, name: {form: /n}}",
          "9:24: agent.name.from: is missing\np.yaml:9:25: agent.name.form: unknown key; "
          "known: from, const, values, to_string, time, each, fields"},
         {"{id: /id, name: {from: /n, to_string: yes}}",
          "9:46: agent.name.to_string: expected true or false, found \"yes\""},
         {"{id: /id, type: /type}", "9:24: agent.type: needs {from: …, values: {theirs: ours}}"},
         {"{id: /id, type: {from: /t}}", "9:24: agent.type.values: is missing"},
         {"{id: /id, type: {from: /t, values: {}}}", "9:43: agent.type.values: must hold at least one value"},
         {"{id: /id, type: {from: /t, values: {v: phone}}}",
          "9:47: agent.type.values.v: \"phone\" is not one of human, voice, chat, avatar"},
         {"{id: /id, type: {const: robot}}",
          "9:32: agent.type.const: \"robot\" is not one of human, voice, chat, avatar"},
         {"{id: /id, status: {const: on}}",
          "9:34: agent.status.const: \"on\" is not one of active, inactive, draft, training, deployed, archived, "
          "deprecated, unknown"},
         {"{id: /id, status: {from: /s, values: {a: active, a: draft}}}",
          "9:57: agent.status.values.a: is given twice, first in line 9"},
         {"{id: /id, created_at: {from: /c, time: epoch}}",
          "9:47: agent.created_at.time: expected one of rfc3339, epoch_seconds, epoch_milliseconds, found \"epoch\""},
         {"{id: /id, created_at: {const: now}}",
          "9:38: agent.created_at.const: does not go with a time, "
          "which "
          "takes from, time"},
         {"{id: /id, tags: {each: /t}}",
          "9:24: agent.tags.from: is missing\np.yaml:9:31: agent.tags.each: does not go with a list of texts, which "
          "takes from"},
         {"{id: /id, voice: /v}", "9:25: agent.voice: expected a map, found a text"},
         {"{id: /id, voice: {}}", "9:25: agent.voice: needs id: without it voice is always null"},
         {"{id: /id, avatar: {name: /n}}", "9:26: agent.avatar: needs id: without it avatar is always null"},
         {"{id: /id, voice: {name: /n}}",
          "9:25: agent.voice: needs id: without it voice is always null\np.yaml:9:26: agent.voice.name: unknown field; "
          "known: id"},
         {"{id: /id, usage: {}}", "9:25: agent.usage: must map at least one field"},
         {"{id: /id, usage: {conversations: {from: /c, to_string: true}}}",
          "9:63: agent.usage.conversations.to_string: does not go with a number, which takes from"},
         {"{id: /id, tools: /t}", "9:25: agent.tools: expected a map, found a text"},
         {"{id: /id, tools: {each: /t}}", "9:25: agent.tools.fields: is missing"},
         {"{id: /id, tools: {each: /t, fields: {}}}", "9:44: agent.tools.fields: must map at least one field"},
         {"{id: /id, tools: {each: /t, fields: {nam: /n}}}",
          "9:45: agent.tools.fields.nam: unknown field; did you mean name?"},
         {"{id: /id, tools: {fields: {id: /n}}}", "9:25: agent.tools.each: is missing"},
         {"{id: /id, tags: /t, tools: {each: /t, fields: {id: /n}}}",
          "9:35: agent.tools: another field is read from the same array, and the two make different things of it"},
         {"{id: /id, name: /a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q}",
          "9:24: agent.name: a JSON pointer may have at most 16 parts"}});
}

TEST_CASE("an agent's rules are read as they are written") {
    const auto [read, faults] = load_text(profile_text({{"agent", R"(
  id: {from: /agent_id, to_string: true}
  name: {from: [/name, /title]}
  type: {const: human}
  status: {from: /s, values: {1: active, "true": inactive}}
  tags: /tags
  tools: {each: [/tools, /functions], fields: {id: {from: /id, to_string: true}, config: ""}}
  avatar: {id: /avatar, name: {const: Bob}}
  config: ""
  usage: {avg_duration_s: /d}
  created_at: {from: /c, time: epoch_milliseconds})"}}));
    CHECK(faults == "");
    using pointers = std::vector<json_pointer>;
    CHECK(read.agent.at("id").from == pointers{{"agent_id"}});
    CHECK(read.agent.at("id").to_string);
    CHECK(read.agent.at("name").from == pointers{{"name"}, {"title"}});
    CHECK(read.agent.at("type").constant == "human");
    CHECK(read.agent.at("status").values == std::map<std::string, std::string>{{"1", "active"}, {"true", "inactive"}});
    CHECK(read.agent.at("tags").from == pointers{{"tags"}});
    CHECK(read.agent.at("tools").from == pointers{{"tools"}, {"functions"}});
    CHECK(read.agent.at("tools").fields.at("id").to_string);
    CHECK(read.agent.at("tools").fields.at("config").from == pointers{{}});
    CHECK(read.agent.at("avatar").fields.at("name").constant == "Bob");
    CHECK(read.agent.at("config").from == pointers{{}});
    CHECK(read.agent.at("usage").fields.at("avg_duration_s").from == pointers{{"d"}});
    CHECK(read.agent.at("created_at").time == normalizers::time_form::epoch_milliseconds);
}

TEST_CASE("a profile may name so many different places and no more") {
    const auto with = [](std::size_t names) {
        std::string list;
        for (std::size_t i = 0; i < names; ++i)
            list += (i == 0 ? "/n" : ", /n") + std::to_string(i);
        return faults_with({{"agent", "{id: /id, email: /id, name: {from: [" + list + "]}}"}});
    };
    CHECK(with(pointer_maximum - 1) == "");
    CHECK(with(pointer_maximum) == "p.yaml:9:8: agent: names 65 different JSON pointers; at most 64");
}

}  // namespace rollcall::adapters
