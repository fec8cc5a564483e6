// The head of a profile and its operations, and the exact words for each key that is wrong.
#include "adapters/profile/pointer.hpp"
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace rollcall::adapters {

TEST_CASE("the smallest profile has every default") {
    const auto [read, faults] = load_text(profile_text({}));
    CHECK(faults == "");
    CHECK(read.name == "mine");
    CHECK(read.title == "Mine");
    CHECK(read.base_url == "https://mine.example");
    REQUIRE(read.auth.has_value());
    CHECK(read.auth->header == "x-key");
    CHECK(read.auth->scheme == authentication::scheme::plain);
    CHECK(read.list.method == "GET");
    CHECK(read.list.path == "/agents");
    CHECK(read.list.at == json_pointer{"data"});
    CHECK_FALSE(read.list.success.has_value());
    CHECK_FALSE(read.get.has_value());
    CHECK(read.paging.style == paging_style::none);
    CHECK_FALSE(read.filter_type.has_value());
    CHECK(read.agent.size() == 1);
    CHECK(read.agent.at("id").from == std::vector<json_pointer>{{"id"}});
}

TEST_CASE("a JSON pointer is taken apart and unescaped") {
    CHECK(parse_pointer("") == json_pointer{});
    CHECK(parse_pointer("/a/b") == json_pointer{"a", "b"});
    CHECK(parse_pointer("/a~1b/c~0d/~01") == json_pointer{"a/b", "c~d", "~1"});
    CHECK(parse_pointer("/") == json_pointer{""});
    CHECK(parse_pointer("/a//b/") == json_pointer{"a", "", "b", ""});
    for (const auto* text : {"a", "a/b", "#/a", "/a~", "/a~2", "/~/b", " /a"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_pointer(text).has_value());
    }
}

TEST_CASE("the head of a profile") {
    const std::string name_rule =
        "must be a lower-case letter and then at most 31 lower-case letters, digits or hyphens, found ";
    check_each("profile", {{"", "2:1: profile: is missing"}, {"Mine", "1:10: profile: " + name_rule + "\"Mine\""}});
    check_each("title", {{"", "1:1: title: is missing"}, {"[a]", "2:8: title: expected a text, found a list"}});
    check_each("documentation",
               {{"docs.example", "10:16: documentation: must be a URL that begins with http:// or https://"}});
    check_each("base_url", {{"mine.example", "3:11: base_url: must begin with http:// or https://"}});
    check_each("paging", {{"", "1:1: paging: is missing"}});
    check_each("agent", {{"", "1:1: agent: is missing"}, {"[]", "9:8: agent: expected a map, found a list"}});
    check_each("operations", {{"", "1:1: operations: is missing"}});
    check_each("filter", {{"{}", "10:1: filter: unknown key; did you mean filters?"}});
    check_each("errors", {{"{code: error}",
                           "10:16: errors.code: expected a JSON pointer such as /data/agents (with ~0 for ~ and ~1 for "
                           "/), found \"error\""},
                          {"{message: []}", "10:19: errors.message: must name at least one JSON pointer"},
                          {"{message: [/a, /a]}", "10:24: errors.message[1]: is named twice"},
                          {"{message: \"\"}", "10:19: errors.message: must point to a member; \"\" is the whole value"},
                          {"{detail: /a}", "10:10: errors.detail: unknown key; known: code, message"}});
    CHECK(faults_with({{"errors", "{code: /a~1b, message: [/b, /c]}"}}) == "");
}

TEST_CASE("a credential goes into a header that may carry one") {
    const std::string rule = "must be the name of a header that may carry a credential, found ";
    check_each("auth", {{"{}", "4:7: auth.header: is missing"},
                        {"{header: \"x key\"}", "4:16: auth.header: " + rule + "\"x key\""},
                        {"{header: \"x-key:\"}", "4:16: auth.header: " + rule + "\"x-key:\""},
                        {"{header: \"\"}", "4:16: auth.header: " + rule + "\"\""},
                        {"{header: schlüssel}", "4:16: auth.header: " + rule + "\"schlüssel\""},
                        {"{header: Content-Length}", "4:16: auth.header: " + rule + "\"Content-Length\""},
                        {"{header: host}", "4:16: auth.header: " + rule + "\"host\""},
                        {"{header: x, scheme: digest}",
                         "4:27: auth.scheme: expected one of plain, bearer, basic, found \"digest\""}});
    const auto [read, faults] = load_text(profile_text({{"auth", "{header: Authorization, scheme: basic}"}}));
    CHECK(faults == "");
    CHECK(read.auth->scheme == authentication::scheme::basic);
    CHECK_FALSE(load_text(profile_text({{"auth", ""}})).profile.auth.has_value());
}

TEST_CASE("parameters are declared, described and used") {
    const std::string list = "{list: {path: \"/o/{org}/agents\", query: {t: \"{team}\"}, items: /data}}";
    const auto [read, faults] = load_text(
        profile_text({{"params", "{org: {description: the organization}, team: {description: the team, default: all}}"},
                      {"operations", list}}));
    CHECK(faults == "");
    CHECK(read.params.at("org").description == "the organization");
    CHECK_FALSE(read.params.at("org").fallback.has_value());
    CHECK(read.params.at("team").fallback == "all");
    check_each(
        "params",
        {{"{org: {description: x}}", "6:57: operations.list.query.t: {team} is not declared in params; known: org"},
         {"{org: {description: x}, team: {}}", "5:39: params.team.description: is missing"},
         {"{org: {description: x}, team: {description: x}, more: {description: x}}",
          "5:57: params.more: is used by no operation"},
         {"{org: {description: x, default: ..}, team: {description: x}}",
          "6:27: operations.list.path: with the default of org: must not be empty, . or .. where a path needs "
          "it, found \"/o/{org}/agents\""}},
        {{"operations", list}});
    const std::string name = "must be named in lower-case letters, digits and underscores, and not id";
    check_each("params", {{"{id: {description: x}}",
                           "5:10: params.id: " + name + "\np.yaml:5:10: params.id: is used by no operation"},
                          {"{Org: {description: x}}",
                           "5:10: params.Org: " + name + "\np.yaml:5:10: params.Org: is used by no operation"}});
}

TEST_CASE("a call's path, query and body") {
    const std::string at = "operations.list";
    const std::string brace = "a brace must belong to a {parameter} named in lower-case letters, found ";
    check_each(
        "operations",
        {{"{}", "6:13: operations.list: is missing"},
         {"{list: {}}", "6:20: operations.list.path: is missing\np.yaml:6:20: operations.list.items: is missing"},
         {"{list: {path: agents, items: /a}}",
          "6:27: " + at + ".path: the path must begin with a slash, found \"agents\""},
         {"{list: {path: \"\", items: /a}}", "6:27: " + at + ".path: the path must begin with a slash, found \"\""},
         {"{list: {path: /a//b, items: /a}}",
          "6:27: " + at + ".path: the path must not have an empty segment, a . or a .., found \"/a//b\""},
         {"{list: {path: /a/../b, items: /a}}",
          "6:27: " + at + ".path: the path must not have an empty segment, a . or a .., found \"/a/../b\""},
         {"{list: {path: \"/a?b=c\", items: /a}}",
          "6:27: " + at + ".path: the path holds a character that no path may hold, found \"/a?b=c\""},
         {"{list: {path: \"/a b\", items: /a}}",
          "6:27: " + at + ".path: the path holds a character that no path may hold, found \"/a b\""},
         {"{list: {path: \"/a/{b\", items: /a}}", "6:27: " + at + ".path: " + brace + "\"/a/{b\""},
         {"{list: {path: \"/a/b}\", items: /a}}", "6:27: " + at + ".path: " + brace + "\"/a/b}\""},
         {"{list: {path: \"/a/{}\", items: /a}}", "6:27: " + at + ".path: " + brace + "\"/a/{}\""},
         {"{list: {path: \"/a/{B}\", items: /a}}", "6:27: " + at + ".path: " + brace + "\"/a/{B}\""},
         {"{list: {path: \"/a/{id}\", items: /a}}", "6:27: " + at + ".path: {id} is not declared in params"},
         {"{list: {path: \"/a/{+b}\", items: /a}}", "6:27: " + at + ".path: {b} is not declared in params"},
         {"{list: {path: /a, items: /a, query: {a: [b]}}}", "6:53: " + at + ".query.a: expected a text, found a list"},
         {"{list: {path: /a, items: /a, query: {a: \"{b\"}}}", "6:53: " + at + ".query.a: " + brace + "\"{b\""},
         {"{list: {path: /a, items: /a, body: {a: b}}}", "6:48: " + at + ".body: only a POST has a body"},
         {"{list: {path: /a, items: /a, method: PUT}}",
          "6:50: " + at + ".method: expected one of GET, POST, found \"PUT\""},
         {"{list: {path: /a, items: [/a]}}",
          "6:38: " + at + ".items: expected a JSON pointer such as /data/agents, found a list"},
         {"{list: {path: /a, items: }}",
          "6:38: " + at + ".items: expected a JSON pointer such as /data/agents, found nothing"},
         {"{list: {path: /a, item: /a}}",
          "6:20: " + at + ".items: is missing\np.yaml:6:31: " + at + ".item: unknown key; did you mean items?"},
         {"{list: {path: /a, items: /a, success: \"\"}}",
          "6:51: " + at + ".success: must point to a member; \"\" is the whole value"},
         {"{list: {path: /a, items: /a}, get: {path: /a, item: /a}}",
          "6:48: operations.get: must use {id} in its path or query"},
         {"{list: {path: /a, items: /a}, get: {path: \"/a/{ID}\", item: /a}}",
          "6:48: operations.get: must use {id} in its path or query\np.yaml:6:55: operations.get.path: " + brace +
              "\"/a/{ID}\""},
         {"{list: {path: /a, items: /a}, got: {}}", "6:43: operations.got: unknown key; did you mean get?"}});
}

TEST_CASE("a call is read as it is written") {
    const auto [read, faults] = load_text(profile_text(
        {{"params", "{prefix: {description: the prefix, default: /v1}}"},
         {"operations",
          "{list: {method: POST, path: \"{+prefix}/a\", items: \"\", success: /ok, query: {b: 1, a: \"{prefix}\"}, "
          "body: "
          "{n: 5, f: -1.5e3, t: true, z: null, e: , q: \"5\", s: five, o: 010, y: yes, l: [1, \"a\"], m: {k: {}}}}, "
          "get: {path: /get, query: {which: \"{id}\"}, item: /data}}"}}));
    CHECK(faults == "");
    CHECK(read.list.method == "POST");
    CHECK(read.list.path == "{+prefix}/a");
    CHECK(read.list.at.empty());
    CHECK(read.list.success == json_pointer{"ok"});
    using pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(read.list.query == pairs{{"b", "1"}, {"a", "{prefix}"}});
    CHECK(read.list.body == pairs{{"n", "5"},
                                  {"f", "-1.5e3"},
                                  {"t", "true"},
                                  {"z", "null"},
                                  {"e", "null"},
                                  {"q", "\"5\""},
                                  {"s", "\"five\""},
                                  {"o", "\"010\""},
                                  {"y", "\"yes\""},
                                  {"l", "[1,\"a\"]"},
                                  {"m", "{\"k\":{}}"}});
    REQUIRE(read.get.has_value());
    CHECK(read.get->path == "/get");
    CHECK(read.get->at == json_pointer{"data"});
}

TEST_CASE("a profile has no variables: what looks like one is text") {
    CHECK(faults_with({{"title", "\"${HOME}\""}}) == "");
    CHECK(load_text(profile_text({{"title", "\"${HOME}\""}})).profile.title == "${HOME}");
}

}  // namespace rollcall::adapters
