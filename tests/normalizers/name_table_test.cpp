// Names found by their whole text, of any length and however alike.
#include "normalizers/name_table.hpp"

#include "normalizers/padded_text.hpp"
#include "normalizers/scalar.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::normalizers {
namespace {

using namespace std::literals;

std::uint16_t find(const name_table& table, std::string_view text) {
    return table.find(padded_text{text}.view());
}

/// Is the inside of a JSON string the name?
bool says(std::string_view inside, std::string_view name) {
    name_table table;
    table.add(name);
    return table.find(unescaped(inside).view()) == 0;
}

TEST_CASE("a name is found by its whole text, whatever stands behind it") {
    name_table table;
    std::vector<std::string> names;
    for (std::size_t size = 0; size < 40; ++size)
        names.push_back("abcdefghijklmnopqrstuvwxyzabcdefghijklmnop"s.substr(0, size));
    for (const std::string& name : names)
        table.add(name);
    for (std::size_t i = 0; i < names.size(); ++i) {
        INFO(names[i]);
        CHECK(find(table, names[i]) == i);
        const std::string longer = names[i] + "abcdefghijklmnopqrstuvwxyz" + std::string(text_padding, 'x');
        CHECK(table.find(std::string_view{longer}.substr(0, names[i].size())) == i);
        for (std::size_t at = 0; at < names[i].size(); ++at) {
            std::string other = names[i];
            other[at] = 'X';
            CHECK(find(table, other) == name_table::none);
        }
    }
    CHECK(find(table, "b") == name_table::none);
    CHECK(find(table, "abcdefghijklmnopqrstuvwxyzabcdefghijklmnop") == name_table::none);
}

TEST_CASE("names of one length with the same beginning and end are told apart") {
    name_table table;
    const std::vector<std::string> names = {"beginning_a_with_the_same_end",
                                            "beginning_b_with_the_same_end",
                                            "beginning_c_with_the_same_end",
                                            "12345678a",
                                            "12345678b",
                                            "a\0"s,
                                            "a"};
    for (const std::string& name : names)
        table.add(name);
    for (std::size_t i = 0; i < names.size(); ++i)
        CHECK(find(table, names[i]) == i);
    CHECK(find(table, "beginning_d_with_the_same_end") == name_table::none);
    CHECK(find(table, "12345678c") == name_table::none);
    CHECK(find(table, "a\0\0"s) == name_table::none);
}

TEST_CASE("a thousand names share the places of a table") {
    name_table table;
    CHECK(table.find(padded_text{"none"}.view()) == name_table::none);
    for (int i = 0; i < 1000; ++i)
        table.add("name " + std::to_string(i));
    for (int i = 0; i < 1000; ++i)
        CHECK(find(table, "name " + std::to_string(i)) == i);
    CHECK(find(table, "name 1000") == name_table::none);
    const name_table copy = table;
    CHECK(find(copy, "name 999") == 999);
}

TEST_CASE("a string says a name in any spelling, but nothing else does") {
    CHECK(says("active", "active"));
    CHECK(says(R"(\u0061ctive)", "active"));
    CHECK(says(R"(a\/b)", "a/b"));
    CHECK(says("", ""));
    CHECK_FALSE(says("Active", "active"));
    CHECK_FALSE(says("active ", "active"));
    CHECK_FALSE(says(R"(\\u0061ctive)", "active"));
    CHECK_FALSE(says("", "active"));
}

}  // namespace
}  // namespace rollcall::normalizers
