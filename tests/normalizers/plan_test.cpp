// Pointers as trees, and rules as plans.
#include "normalizers/plan.hpp"

#include "tests/normalizers/dialects.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace rollcall::normalizers::tests {
namespace {

choice_set set_of(std::span<const std::string_view> names, std::initializer_list<std::string_view> chosen, bool null) {
    choice_set set = null ? only(no_choice) : choice_set{0};
    for (const auto name : chosen)
        set |= only(*choice_of(names, name));
    return set;
}

shape shape_of(field_rules rules) {
    return compile_list(agent_record.fields, rules, {}, "mine", {}).item;
}

const output& output_of(const shape& shape, std::string_view name) {
    const std::string key = fmt::format("\"{}\":", name);
    return *std::ranges::find(shape.outputs, key, &output::key);
}

TEST_CASE("equal pointers share their node and their slot") {
    tree tree;
    const slot_index greeting = tree.slot_at(pointer("/config/greeting"));
    const slot_index voice = tree.slot_at(pointer("/config/voice"));
    CHECK(greeting != voice);
    CHECK(tree.slot_at(pointer("/config/greeting")) == greeting);
    CHECK(tree.slots() == 2);
    CHECK(tree.at(0).branches.size() == 1);
    CHECK(tree.at(tree.reach(pointer("/config"))).branches.size() == 2);
    CHECK(tree.slot_at(pointer("/config")) == 2);
    CHECK(tree.slot_at(pointer("")) == 3);
    CHECK(tree.at(0).slot == 3);
}

TEST_CASE("a tree takes 64 different pointers and no more") {
    tree tree;
    for (int i = 0; i < 64; ++i)
        CHECK(tree.slot_at({std::to_string(i)}) == i);
    CHECK(tree.slot_at({"63"}) == 63);
    CHECK_THROWS_AS((void)tree.slot_at({"64"}), std::length_error);
}

TEST_CASE("a shape has every field of its schema in order, whatever the rules say") {
    const shape shape = shape_of({{"id", from("/id")}});
    REQUIRE(shape.outputs.size() == agent_record.fields.size());
    for (std::size_t i = 0; i < agent_record.fields.size(); ++i) {
        CHECK(shape.outputs[i].key == fmt::format("\"{}\":", agent_record.fields[i].name));
    }
    CHECK(output_of(shape, "native_id").sources == output_of(shape, "id").sources);
    CHECK(output_of(shape, "name").sources.empty());
    CHECK(output_of(shape, "avatar").fields.size() == 3);
}

TEST_CASE("several pointers of one field keep their order") {
    field_rule name;
    name.from = {pointer("/b"), pointer("/a"), pointer("/b")};
    const shape shape = shape_of({{"name", name}});
    const auto& sources = output_of(shape, "name").sources;
    REQUIRE(sources.size() == 3);
    CHECK(sources[0] == sources[2]);
    CHECK(sources[0] != sources[1]);
}

TEST_CASE("the types and statuses that a dialect can come to") {
    struct {
        const dialect& from;
        choice_set types;
        choice_set statuses;
        bool tags;
    } const rows[] = {
        {hyperrep(), set_of(agent_types, {"human"}, false), set_of(agent_statuses, {}, true), false},
        {heppu(), set_of(agent_types, {"voice", "chat"}, true),
         set_of(agent_statuses, {"active", "inactive", "training", "deployed", "unknown"}, true), false},
        {converra(), set_of(agent_types, {}, true),
         set_of(agent_statuses, {"active", "draft", "archived", "deprecated", "unknown"}, true), true},
        {agenthuman(), set_of(agent_types, {"avatar"}, false),
         set_of(agent_statuses, {"active", "inactive", "unknown"}, true), false},
    };
    for (const auto& row : rows) {
        INFO(row.from.provider);
        const shape shape = row.from.plan_of_list().item;
        CHECK(shape.possible_types == row.types);
        CHECK(shape.possible_statuses == row.statuses);
        CHECK(shape.possible_tags == row.tags);
    }
}

TEST_CASE("a name of a choice is found by its whole text") {
    CHECK(choice_of(agent_types, "human") == choice{0});
    CHECK(choice_of(agent_statuses, "unknown") == choice{7});
    CHECK_FALSE(choice_of(agent_types, "Human").has_value());
    CHECK_FALSE(choice_of(agent_types, "").has_value());
    CHECK(std::size(agent_statuses) <= no_choice);
}

TEST_CASE("the texts of a plan are JSON already") {
    const shape shape =
        compile_list(agent_record.fields, {{"name", constant("a \"quoted\" name")}}, {}, "mine-2", {}).item;
    CHECK(shape.provider == "\"mine-2\"");
    CHECK(shape.id_prefix == "\"mine-2:");
    CHECK(output_of(shape, "name").constant == R"("a \"quoted\" name")");
}

TEST_CASE("two lists that are written alike may share an array, others may not") {
    const field_rule shared = from("/labels");
    CHECK(shape_of({{"tags", shared}, {"phone_numbers", shared}}).lists.size() == 1);
    CHECK_THROWS_AS((void)shape_of({{"tags", shared}, {"tools", shared}}), std::invalid_argument);

    static constexpr field lists[] = {
        {"texts", kind::text_list}, {"ids", kind::reference_list}, {"more_ids", kind::reference_list}};
    const auto compiled = [](field_rules rules) { return compile_list(lists, rules, {}, "mine", {}).item; };
    CHECK(compiled({{"ids", shared}, {"more_ids", shared}}).lists.size() == 1);
    CHECK_THROWS_AS((void)compiled({{"texts", shared}, {"ids", shared}}), std::invalid_argument);
}

}  // namespace
}  // namespace rollcall::normalizers::tests
