// What field rules can say beyond the four dialects: several pointers, whole items, lists in lists, odd keys.
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace rollcall::normalizers::tests {
namespace {

TEST_CASE("the first pointer that holds something counts") {
    dialect mine;
    mine.provider = "mine";
    field_rule name;
    name.from = {pointer("/display/name"), pointer("/name"), pointer("/id")};
    field_rule tags;
    tags.from = {pointer("/labels"), pointer("/tags")};
    mine.rules = {{"id", from("/id")}, {"name", name}, {"tags", tags}};
    mine.list.items = pointer("/data");
    const page page =
        read_items(mine, R"({"name": "n", "id": "1", "display": {"name": "d"}, "tags": ["t"], "labels": ["l"]},
        {"name": "n", "id": "2", "display": {"name": null}, "tags": ["t"]}, {"id": "3", "display": 5, "labels": [], "tags": ["t"]},
        {"id": "4", "name": 5, "labels": null})");
    CHECK(agent_of(page, 0).at("name") == "d");
    CHECK(agent_of(page, 1).at("name") == "n");
    CHECK(agent_of(page, 2).at("name") == "3");
    CHECK(agent_of(page, 3).at("name").is_null());
    CHECK(agent_of(page, 0).at("tags") == boost::json::array{"l"});
    CHECK(agent_of(page, 1).at("tags") == boost::json::array{"t"});
    CHECK(agent_of(page, 2).at("tags") == boost::json::array{});
    CHECK(agent_of(page, 3).at("tags") == boost::json::array{});
    CHECK(faults_of(page) == std::map<std::string, unsigned>{{"name", 1}});
    CHECK(page.has_tag(page.items[1], "t"));
    CHECK_FALSE(page.has_tag(page.items[0], "t"));
}

TEST_CASE("a field may be the whole item, in a list and alone") {
    dialect mine;
    mine.provider = "mine";
    mine.rules = {{"id", from("/id")}, {"config", from("")}, {"tools", records("/tools", {{"config", from("")}})}};
    mine.list.items = pointer("/data");
    const std::string_view item = R"({"id":"1","tools":[{"x":1}]})";
    const page page = read_items(mine, item);
    CHECK(agent_of(page).at("config") == boost::json::parse(item));
    CHECK(agent_of(page).at("tools").at(0).at("config") == boost::json::parse(R"({"x":1})"));
    reader reader;
    const auto one = reader.read_one(mine.plan_of_one(), std::string{item});
    REQUIRE(one.has_value());
    CHECK(agent_of(*one) == agent_of(page));
}

TEST_CASE("lists of records within records within lists, and objects that hold lists") {
    static constexpr field product[] = {{"name", kind::text}, {"labels", kind::text_list}};
    static constexpr field quote[] = {{"currency", kind::text}, {"products", kind::record_list, product}};
    static constexpr field sale[] = {
        {"id", kind::id}, {"quote", kind::record, quote}, {"parts", kind::record_list, quote}};
    const field_rules product_rules{{"name", from("/product_name")}, {"labels", from("/l")}};
    const field_rules rules{
        {"id", from("/id")},
        {"quote", one_record({{"currency", from("/output/currency")},
                              {"products", records("/arguments/products", product_rules)}})},
        {"parts", records("/parts", {{"currency", from("/c")}, {"products", records("/p", product_rules)}})},
    };
    list_pointers pointers;
    pointers.items = pointer("/data");
    const auto plan = compile_list(sale, rules, pointers, "mine", {});
    reader reader;
    const auto outcome = reader.read_list(plan, R"({"data": [
        {"id": "1", "output": {"currency": "USD"}, "arguments": {"products": [{"product_name": "P", "l": ["x", 1]}, 5]},
         "parts": [{"c": "EUR", "p": [{"product_name": "Q"}, {"l": ["y", "z"]}]}, {"p": "none"}, {"c": "CHF", "p": []}]},
        {"id": "2"}, {"id": "3", "arguments": {"products": []}}]})");
    REQUIRE(outcome.has_value());
    const auto sale_of = [&](std::size_t i) {
        return boost::json::parse(fmt::format("{{{}}}", outcome->members(outcome->items[i], 0, 3)));
    };
    CHECK(sale_of(0) == boost::json::parse(R"({"id": "mine:1",
        "quote": {"currency": "USD", "products": [{"name": "P", "labels": ["x"]}]},
        "parts": [{"currency": "EUR", "products": [{"name": "Q", "labels": []}, {"name": null, "labels": ["y", "z"]}]},
                  {"currency": null, "products": []}, {"currency": "CHF", "products": []}]})"));
    CHECK(sale_of(1) == boost::json::parse(R"({"id": "mine:2", "quote": null, "parts": []})"));
    CHECK(sale_of(2) ==
          boost::json::parse(R"({"id": "mine:3", "quote": {"currency": null, "products": []}, "parts": []})"));
    CHECK(outcome->schema_faults == std::vector<std::uint32_t>{0, 2, 1});
}

TEST_CASE("a profile's key with a quote or a backslash in it is that key and no other") {
    const auto plan_with = [](std::string key) {
        dialect mine;
        mine.provider = "mine";
        field_rule name;
        name.from = {json_pointer{std::move(key)}};
        mine.rules = {{"id", from("/id")}, {"name", name}};
        mine.list.items = pointer("/data");
        return mine;
    };
    const auto name_in = [&](const char* key, std::string_view item) {
        return boost::json::serialize(agent_of(read_items(plan_with(key), item)).at("name"));
    };
    CHECK(name_in(R"(a\nb)", R"({"id": "1", "a\nb": "line"})") == "null");
    CHECK(name_in(R"(a\nb)", R"({"id": "1", "a\\nb": "backslash"})") == R"("backslash")");
    CHECK(name_in("a\nb", R"({"id": "1", "a\nb": "line"})") == R"("line")");
    CHECK(name_in(R"(a":"x)", R"({"id": "1", "a":"x"})") == "null");
    CHECK(name_in(R"(a"b)", R"({"id": "1", "a\"b":"x"})") == R"("x")");
}

}  // namespace
}  // namespace rollcall::normalizers::tests
