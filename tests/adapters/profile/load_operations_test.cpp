// The operations of a profile, and the exact words for each key that is wrong.
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

/// A good list, and one more operation; with the rules and the `write` that it needs on line 10 and later.
std::string with_list(const std::string& operation) {
    return "{list: {path: /a, items: /a}, " + operation + "}";
}

/// What the operation needs beside itself.
std::map<std::string, std::string> needs_of(const std::string& name) {
    if (name == "create" || name == "update") return {{"write", "{name: /name}"}};
    if (name == "status") return {{"status", "{id: /id}"}};
    if (name == "conversations") return {{"conversation", "{id: /id}"}};
    if (name == "sales") return {{"sale", "{id: /id}"}};
    if (name == "analytics_conversations") return {{"analytics", "{conversations: {messages_sent: /m}}"}};
    if (name == "analytics_sales" || name == "analytics") return {{"analytics", "{sales: {sales_rate: /r}}"}};
    return {};
}

loaded load_with(const std::string& name, const std::string& operation) {
    auto sections = needs_of(name);
    sections["operations"] = with_list(name + ": " + operation);
    return load_text(profile_text(sections));
}

/// A good call of each operation, with its method left open.
std::string good_call(const std::string& name, const std::string& method) {
    const std::string chosen = method.empty() ? "" : ", method: " + method;
    if (name == "create") return "{path: /a, item: \"\"" + chosen + "}";
    if (name == "delete") return "{path: \"/a/{id}\"" + chosen + "}";
    const bool is_list = name == "conversations" || name == "sales";
    const std::string dates =
        name.starts_with("analytics") ? ", query: {from: \"{start_date}\", to: \"{end_date}\"}" : "";
    return "{path: \"/a/{id}\", " + std::string{is_list ? "items: /data" : "item: \"\""} + dates + chosen + "}";
}

operation_kind kind_of(const std::string& name) {
    return static_cast<operation_kind>(std::ranges::find(operation_names, name) - std::begin(operation_names));
}

}  // namespace

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
         {"{list: {path: \"/a/{id}\", items: /a}}",
          "6:27: " + at + ".path: {id} is for every operation but list and create"},
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
    CHECK(read.of(operation_kind::list)->method == "POST");
    CHECK(read.of(operation_kind::list)->path == "{+prefix}/a");
    CHECK(read.of(operation_kind::list)->at.empty());
    CHECK(read.of(operation_kind::list)->success == json_pointer{"ok"});
    using pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(read.of(operation_kind::list)->query == pairs{{"b", "1"}, {"a", "{prefix}"}});
    CHECK(read.of(operation_kind::list)->body == pairs{{"n", "5"},
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
    REQUIRE(read.of(operation_kind::get).has_value());
    CHECK(read.of(operation_kind::get)->path == "/get");
    CHECK(read.of(operation_kind::get)->at == json_pointer{"data"});
}

TEST_CASE("each operation has its method, and may have those that make sense") {
    struct expected {
        std::string name;
        std::vector<std::string> methods;  ///< the first is the default
    };
    const std::vector<std::string> all = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    const std::vector<expected> table = {{"get", {"GET", "POST"}},
                                         {"create", {"POST", "PUT"}},
                                         {"update", {"PATCH", "PUT", "POST"}},
                                         {"delete", {"DELETE", "POST"}},
                                         {"status", {"GET"}},
                                         {"insights", {"GET"}},
                                         {"conversations", {"GET"}},
                                         {"sales", {"GET"}},
                                         {"analytics", {"GET"}},
                                         {"analytics_conversations", {"GET"}},
                                         {"analytics_sales", {"GET"}}};
    for (const auto& [name, methods] : table) {
        CAPTURE(name);
        const auto by_default = load_with(name, good_call(name, ""));
        CHECK(by_default.faults == "");
        REQUIRE(by_default.profile.of(kind_of(name)).has_value());
        CHECK(by_default.profile.of(kind_of(name))->method == methods.front());
        for (const auto& method : all) {
            CAPTURE(method);
            const auto [read, faults] = load_with(name, good_call(name, method));
            if (std::ranges::find(methods, method) != methods.end()) {
                CHECK(faults == "");
                CHECK(read.of(kind_of(name))->method == method);
            } else {
                CHECK(faults.find("operations." + name + ".method: expected one of ") != std::string::npos);
            }
        }
    }
}

TEST_CASE("every operation is read into its own place") {
    std::string operations = "{list: {path: /agents, items: /data}";
    std::map<std::string, std::string> sections = {
        {"write", "{name: /name}"},
        {"status", "{id: /id}"},
        {"conversation", "{id: /id}"},
        {"sale", "{id: /id}"},
        {"analytics", "{conversations: {messages_sent: /m}, sales: {sales_rate: /r}}"}};
    for (const auto name : operation_names) {
        if (name != "list") operations += ", " + std::string{name} + ": " + good_call(std::string{name}, "");
    }
    sections["operations"] = operations + "}";
    const auto [read, faults] = load_text(profile_text(sections));
    CHECK(faults == "");
    for (std::size_t i = 0; i < operation_count; ++i) {
        CAPTURE(operation_names[i]);
        CHECK(read.operations[i].has_value());
    }
    CHECK(read.of(operation_kind::conversations)->at == json_pointer{"data"});
    CHECK(read.of(operation_kind::create)->path == "/a");
    using pairs = std::vector<std::pair<std::string, std::string>>;
    CHECK(read.of(operation_kind::analytics)->query == pairs{{"from", "{start_date}"}, {"to", "{end_date}"}});
}

TEST_CASE("the agent's id is named by every call that is about one agent") {
    for (const auto name : operation_names) {
        if (name == "list" || name == "create") continue;
        CAPTURE(name);
        auto text = good_call(std::string{name}, "");
        text.replace(text.find("/{id}"), 5, "");
        const auto faults = load_with(std::string{name}, text).faults;
        CHECK(faults == "p.yaml:6:" + std::to_string(45 + name.size()) + ": operations." + std::string{name} +
                            ": must use {id} in its path or query");
    }
    CHECK(load_with("status", "{path: /status, query: {agent: \"{id}\"}, item: \"\"}").faults == "");
    check_each("operations",
               {{with_list("create: {path: \"/a/{id}\", item: \"\"}"),
                 "6:58: operations.create.path: {id} is for every operation but list and create"}},
               needs_of("create"));
}

TEST_CASE("no path lets an agent's id out of its segment") {
    const std::string wrong = "{+id} would let an id lead to another path; write {id}";
    check_each("operations",
               {{with_list("get: {path: \"/a/{+id}\", item: \"\"}"), "6:55: operations.get.path: " + wrong},
                {with_list("delete: {path: \"/a/{+id}/b\"}"), "6:58: operations.delete.path: " + wrong}});
}

TEST_CASE("what a client says stands in the queries that take it") {
    const std::string dates = "is for the query of conversations, sales and analytics";
    const std::string days = "{days} is for the query of insights";
    check_each(
        "operations",
        {{with_list("get: {path: \"/a/{id}/{days}\", item: \"\"}"), "6:55: operations.get.path: " + days},
         {with_list("get: {path: \"/a/{id}\", item: \"\", query: {d: \"{start_date}\"}}"),
          "6:87: operations.get.query.d: {start_date} " + dates},
         {with_list("insights: {path: \"/a/{id}/{days}\", item: \"\"}"), "6:60: operations.insights.path: " + days},
         {with_list("insights: {path: \"/a/{id}\", item: \"\", query: {d: \"{end_date}\"}}"),
          "6:92: operations.insights.query.d: {end_date} " + dates},
         {with_list("insights: {path: \"/a/{id}\", item: \"\", query: {d: \"{day}\"}}"),
          "6:92: operations.insights.query.d: {day} is not declared in params; did you mean days?"}});
    check_each("operations",
               {{with_list("sales: {path: \"/a/{id}/{start_date}\", items: \"\"}"),
                 "6:57: operations.sales.path: {start_date} " + dates},
                {with_list("sales: {path: \"/a/{id}\", items: \"\", query: {d: \"{days}\"}}"),
                 "6:90: operations.sales.query.d: " + days}},
               needs_of("sales"));
    CHECK(load_with("insights", "{path: \"/a/{id}\", item: \"\", query: {days: \"{days}\"}}").faults == "");
    CHECK(
        load_with("sales", "{path: \"/a/{id}\", items: /d, query: {f: \"{start_date}\", t: \"{end_date}\"}}").faults ==
        "");
}

TEST_CASE("analytics are asked for with both dates") {
    for (const std::string name : {"analytics", "analytics_conversations", "analytics_sales"}) {
        CAPTURE(name);
        const std::string at = "p.yaml:6:" + std::to_string(45 + name.size()) + ": operations." + name;
        CHECK(load_with(name, "{path: \"/a/{id}\", item: \"\"}").faults ==
              at + ": must use {start_date} in its query\n" + at + ": must use {end_date} in its query");
        CHECK(load_with(name, "{path: \"/a/{id}\", item: \"\", query: {from: \"{start_date}\"}}").faults ==
              at + ": must use {end_date} in its query");
    }
}

TEST_CASE("each operation has the keys of its kind") {
    check_each("operations",
               {{with_list("delete: {path: \"/a/{id}\", item: \"\"}"),
                 "6:69: operations.delete.item: unknown key; known: method, path, query, success"},
                {with_list("delete: {}"),
                 "6:51: operations.delete.path: is missing\np.yaml:6:51: operations.delete: must use {id} in its path "
                 "or query"},
                {with_list("insights: {path: \"/a/{id}\"}"), "6:53: operations.insights.item: is missing"},
                {with_list("insights: {path: \"/a/{id}\", item: \"\", body: {a: b}}"),
                 "6:81: operations.insights.body: unknown key; known: method, path, query, success, item"},
                {with_list("remove: {path: \"/a/{id}\"}"),
                 "6:43: operations.remove: unknown key; known: list, get, create, update, delete, status, insights, "
                 "conversations, sales, analytics, analytics_conversations, analytics_sales"},
                {with_list("analytics-sales: {}"),
                 "6:43: operations.analytics-sales: unknown key; did you mean analytics_sales?"},
                {with_list("delete: /a"), "6:51: operations.delete: expected a map, found a text"}});
    check_each(
        "operations",
        {{with_list("conversations: {path: \"/a/{id}\", item: \"\"}"),
          "6:58: operations.conversations.items: is missing\np.yaml:6:76: operations.conversations.item: unknown "
          "key; did you mean items?"}},
        needs_of("conversations"));
    const auto deleted = load_with("delete", "{path: \"/a/{id}\", success: /ok}");
    CHECK(deleted.faults == "");
    CHECK(deleted.profile.of(operation_kind::delete_)->success == json_pointer{"ok"});
}

}  // namespace rollcall::adapters
