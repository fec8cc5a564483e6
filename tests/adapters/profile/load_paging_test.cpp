// The paging and filters of a profile, and the exact words for each key that is wrong.
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

const std::string cursor_paging = "{style: cursor, position: {name: cursor}, next: /next}";

}  // namespace

TEST_CASE("each style of paging has the keys that it needs and no others") {
    const std::string size = "size: {name: limit, maximum: 50}";
    const std::string position = "position: {name: p}";
    check_each(
        "paging",
        {{"{}", "7:9: paging.style: is missing"},
         {"{style: token}",
          "7:17: paging.style: expected one of none, cursor, offset, page, link, last_id, found \"token\""},
         {"{style: none, " + size + "}", "7:29: paging.size: is not for paging in the style none"},
         {"{style: none, in: query}", "7:27: paging.in: is not for paging in the style none"},
         {"{style: cursor, " + position + "}", "7:9: paging.next: is missing"},
         {"{style: cursor, next: /n}", "7:9: paging.position: is missing"},
         {"{style: cursor, " + position + ", next: /n, total: /t}",
          "7:63: paging.total: is not for paging in the style cursor"},
         {"{style: cursor, position: {}, next: /n}", "7:35: paging.position.name: is missing"},
         {"{style: cursor, position: {name: \"a b\"}, next: /n}",
          "7:42: paging.position.name: must be a parameter's name in visible ASCII characters, found \"a b\""},
         {"{style: offset, " + size + ", " + position + "}", "7:9: paging: the style offset needs has_more or total"},
         {"{style: offset, " + position + ", total: /t}", "7:9: paging.size: is missing"},
         {"{style: offset, " + size + ", " + position + ", total: /t, next: /n}",
          "7:97: paging.next: is not for paging in the style offset"},
         {"{style: page, " + size + "}", "7:9: paging.position: is missing"},
         {"{style: page, " + size + ", " + position + ", first_page: 2}",
          "7:90: paging.first_page: must be between 0 and 1, found \"2\""},
         {"{style: link, " + position + "}", "7:33: paging.position: is not for paging in the style link"},
         {"{style: link, has_more: /m}", "7:33: paging.has_more: is not for paging in the style link"},
         {"{style: last_id, " + size + "}", "7:9: paging.position: is missing"},
         {"{style: last_id, " + position + "}", "7:9: paging.size: is missing"},
         {"{style: last_id, " + size + ", " + position + ", total_pages: /t}",
          "7:94: paging.total_pages: is not for paging in the style last_id"},
         {"{style: link, size: {name: limit}}", "7:29: paging.size.maximum: is missing"},
         {"{style: link, size: {maximum: 10001}}",
          "7:39: paging.size.maximum: must be between 1 and 10000, found \"10001\""},
         {"{style: cursor, " + position + ", next: /n, in: body}",
          "7:60: paging.in: body needs operations.list.method: POST"},
         {"{style: cursor, " + position + ", next: /n, size: {name: p, maximum: 5}}",
          "7:42: paging.position.name: the parameter \"p\" of the list call has a use already"},
         {"{style: page, " + size + ", " + position + ", total_page: /n}",
          "7:78: paging.total_page: unknown key; did you mean total_pages?"}});
    check_each("operations",
               {{"{list: {path: /a, items: /a, query: {cursor: x}}}",
                 "7:42: paging.position.name: the parameter \"cursor\" of the list call has a use already"}},
               {{"paging", cursor_paging}});
}

TEST_CASE("the lists of an agent are paged as the list of agents is") {
    const std::string sales = "sales: {path: \"/a/{id}\", items: /a, query: {cursor: \"{start_date}\", limit: 5}}}";
    const std::map<std::string, std::string> in_query = {{"operations", "{list: {path: /a, items: /a}, " + sales},
                                                         {"sale", "{id: /id}"}};
    check_each("paging",
               {{cursor_paging, "7:35: paging.position: operations.sales has another use for the parameter \"cursor\""},
                {"{style: link, size: {name: limit, maximum: 5}}",
                 "7:29: paging.size: operations.sales has another use for the parameter \"limit\""}},
               in_query);
    auto free = in_query;
    free["paging"] = "{style: cursor, position: {name: after}, next: /next}";
    free["filters"] = "{tags: {name: cursor}}";  // of the list of agents only
    free["agent"] = "{id: /id, tags: /tags}";
    CHECK(faults_with(free) == "");
    check_each("paging",
               {{"{style: cursor, in: body, position: {name: p}, next: /n}",
                 "7:29: paging.in: body does not go with operations.sales, which is a GET"}},
               {{"operations", "{list: {method: POST, path: /a, items: /a}, " + sales}, {"sale", "{id: /id}"}});
}

TEST_CASE("paging is read as it is written") {
    const auto [page, page_faults] = load_text(profile_text(
        {{"paging",
          "{style: page, size: {name: per, maximum: 100}, position: {name: page}, first_page: 0, total: /t, "
          "total_pages: /p, has_more: /m}"}}));
    CHECK(page_faults == "");
    CHECK(page.paging.style == paging_style::page);
    CHECK(page.paging.in == placement::query);
    CHECK(page.paging.size_name == "per");
    CHECK(page.paging.size_maximum == 100);
    CHECK(page.paging.position_name == "page");
    CHECK(page.paging.first_page == 0);
    CHECK(page.paging.total == json_pointer{"t"});
    CHECK(page.paging.total_pages == json_pointer{"p"});
    CHECK(page.paging.has_more == json_pointer{"m"});

    const auto [fixed, fixed_faults] = load_text(profile_text({{"paging", "{style: link, size: {maximum: 30}}"}}));
    CHECK(fixed_faults == "");
    CHECK(fixed.paging.size_name == "");
    CHECK(fixed.paging.size_maximum == 30);

    const auto [body, body_faults] =
        load_text(profile_text({{"operations", "{list: {method: POST, path: /a, items: /a}}"},
                                {"paging", "{style: cursor, in: body, position: {name: p}, next: /n}"}}));
    CHECK(body_faults == "");
    CHECK(body.paging.in == placement::body);
    CHECK(body.paging.next == json_pointer{"n"});
}

TEST_CASE("a filter is pushed down only where it is exact") {
    const std::string agent =
        "{id: /id, tags: /tags, type: {const: voice}, status: {from: /s, values: {on: active, off: inactive, paused: "
        "inactive, x: unknown}}}";
    check_each(
        "filters",
        {{"{status: {name: s, values: {activ: on}}}",
          "8:38: filters.status.values.activ: is no status of ours; did you mean active?"},
         {"{status: {name: s, values: {active: \"off\"}}}",
          "8:46: filters.status.values.active: agent.status.values does not read \"off\" as active"},
         {"{status: {name: s, values: {active: running}}}",
          "8:46: filters.status.values.active: agent.status.values does not read \"running\" as active"},
         {"{status: {name: s, values: {inactive: paused}}}",
          "8:48: filters.status.values.inactive: agent.status.values reads several values as inactive, so that asking "
          "for one would miss agents"},
         {"{status: {name: s, values: {unknown: x}}}",
          "8:38: filters.status.values.unknown: stands for many of their values and cannot be asked for"},
         {"{status: {name: s, values: {}}}", "8:37: filters.status.values: must hold at least one value"},
         {"{status: {name: s}}", "8:19: filters.status.values: is missing"},
         {"{status: {values: {active: \"on\"}}}", "8:19: filters.status.name: is missing"},
         {"{status: {name: s, query: t, values: {active: \"on\"}}}",
          "8:29: filters.status.query: unknown key; known: name, values"},
         {"{type: {name: t, values: {voice: v}}}",
          "8:36: filters.type.values.voice: needs agent.type.values, which reads it"},
         {"{type: {name: t, values: {robot: v}}}",
          "8:36: filters.type.values.robot: is no type of ours; known: human, voice, chat, avatar"},
         {"{tags: {name: t, values: {a: b}}}", "8:27: filters.tags.values: unknown key; known: name"},
         {"{tags: {name: cursor}}",
          "8:24: filters.tags.name: the parameter \"cursor\" of the list call has a use already"},
         {"{name: {name: n}}", "8:11: filters.name: unknown key; known: type, status, tags"}},
        {{"agent", agent}, {"paging", cursor_paging}});
    check_each("filters", {{"{tags: {name: t}}", "8:17: filters.tags: needs agent.tags, which reads them"}});
    const auto [read, faults] = load_text(profile_text(
        {{"agent", agent}, {"filters", "{status: {name: s, values: {active: \"on\"}}, tags: {name: t}}"}}));
    CHECK(faults == "");
    CHECK(read.filter_status->query == "s");
    CHECK(read.filter_status->values == std::map<std::string, std::string>{{"active", "on"}});
    CHECK(read.filter_tags->query == "t");
    CHECK(read.filter_tags->values.empty());
    CHECK_FALSE(read.filter_type.has_value());
}

}  // namespace rollcall::adapters
