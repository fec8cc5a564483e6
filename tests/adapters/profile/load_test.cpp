// The head of a profile, and the exact words for each key that is wrong.
#include "adapters/profile/pointer.hpp"
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
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
    CHECK(read.of(operation_kind::list)->method == "GET");
    CHECK(read.of(operation_kind::list)->path == "/agents");
    CHECK(read.of(operation_kind::list)->at == json_pointer{"data"});
    CHECK_FALSE(read.of(operation_kind::list)->success.has_value());
    CHECK_FALSE(read.of(operation_kind::get).has_value());
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

TEST_CASE("the time that a call has left goes into a header that is sent for nothing else") {
    const std::string rule = "must be the name of a header that is sent for nothing else, found ";
    CHECK(load_text(profile_text({})).profile.deadline_header.empty());
    const auto [read, faults] = load_text(profile_text({{"deadline_header", "X-Request-Timeout-Ms"}}));
    CHECK(faults == "");
    CHECK(read.deadline_header == "X-Request-Timeout-Ms");
    for (const std::string name :
         {"Host", "content-length", "Content-Type", "Connection", "Transfer-Encoding", "TE", "Accept", "User-Agent",
          "AUTHORIZATION", "traceparent", "Cookie", "X-Key", "x-key", "\"x y\"", "\"x:\"", "\"\""}) {
        const std::string shown = name.starts_with('"') ? name : '"' + name + '"';
        check_each("deadline_header", {{name, "10:18: deadline_header: " + rule + shown}});
    }
    check_each("deadline_header", {{"[X]", "10:18: deadline_header: expected a text, found a list"}});
    CHECK(faults_with({{"auth", ""}, {"deadline_header", "X-Key"}}) == "");
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
    const std::string unused = "\np.yaml:5:10: params.";
    check_each("params", {{"{Org: {description: x}}",
                           "5:10: params.Org: must be named in lower-case letters, digits and underscores" + unused +
                               "Org: is used by no operation"}});
    for (const std::string name : {"id", "start_date", "end_date", "days"}) {
        check_each("params",
                   {{"{" + name + ": {description: x}}",
                     "5:10: params." + name + ": is what a client's call says, so that no parameter can be named so" +
                         unused + name + ": is used by no operation"}});
    }
}

TEST_CASE("how many calls the provider takes") {
    const auto quota = load_text(profile_text({{"quota", "{calls: 300, per: 1m}"}})).profile.quota;
    REQUIRE(quota.has_value());
    CHECK(quota->calls == 300);
    CHECK(quota->per == std::chrono::minutes{1});
    CHECK_FALSE(load_text(profile_text({})).profile.quota.has_value());
    CHECK(faults_with({{"quota", "{calls: 1, per: 1s}"}}) == "");
    CHECK(faults_with({{"quota", "{calls: 1000000, per: 24h}"}}) == "");
    check_each("quota", {{"60", "10:8: quota: expected a map, found a text"},
                         {"{}", "10:8: quota.calls: is missing\np.yaml:10:8: quota.per: is missing"},
                         {"{calls: 60}", "10:8: quota.per: is missing"},
                         {"{per: 1m}", "10:8: quota.calls: is missing"},
                         {"{calls: 0, per: 1m}", "10:16: quota.calls: must be between 1 and 1000000, found \"0\""},
                         {"{calls: 1.5, per: 1m}", "10:16: quota.calls: expected a whole number, found \"1.5\""},
                         {"{calls: 60, per: minute}",
                          "10:25: quota.per: expected a duration such as 250ms, 3s, 5m or 72h, found \"minute\""},
                         {"{calls: 60, per: 500ms}", "10:25: quota.per: must be between 1s and 24h, found \"500ms\""},
                         {"{calls: 60, per: 1500ms}", "10:25: quota.per: must be a multiple of 1s, found \"1500ms\""},
                         {"{calls: 60, per: 25h}", "10:25: quota.per: must be between 1s and 24h, found \"25h\""},
                         {"{calls: 60, per: 1m, burst: 5}", "10:29: quota.burst: unknown key; known: calls, per"}});
}

TEST_CASE("where a failed answer says what went wrong") {
    const auto [read, faults] =
        load_text(profile_text({{"errors", "{code: /a~1b, message: [/b, /c], details: /error/details}"}}));
    CHECK(faults == "");
    CHECK(read.errors.code == std::vector<json_pointer>{{"a/b"}});
    CHECK(read.errors.message == std::vector<json_pointer>{{"b"}, {"c"}});
    CHECK(read.errors.details == json_pointer{"error", "details"});
    CHECK_FALSE(load_text(profile_text({{"errors", "{code: /a}"}})).profile.errors.details.has_value());
    check_each("errors", {{"{code: error}",
                           "10:16: errors.code: expected a JSON pointer such as /data/agents (with ~0 for ~ and ~1 for "
                           "/), found \"error\""},
                          {"{message: []}", "10:19: errors.message: must name at least one JSON pointer"},
                          {"{message: [/a, /a]}", "10:24: errors.message[1]: is named twice"},
                          {"{message: \"\"}", "10:19: errors.message: must point to a member; \"\" is the whole value"},
                          {"{details: [/a]}",
                           "10:19: errors.details: expected a JSON pointer such as /data/agents, found a list"},
                          {"{details: \"\"}", "10:19: errors.details: must point to a member; \"\" is the whole value"},
                          {"{detail: /a}", "10:10: errors.detail: unknown key; did you mean details?"}});
}

TEST_CASE("a profile has no variables: what looks like one is text") {
    CHECK(faults_with({{"title", "\"${HOME}\""}}) == "");
    CHECK(load_text(profile_text({{"title", "\"${HOME}\""}})).profile.title == "${HOME}");
}

}  // namespace rollcall::adapters
