// What a provider is told by a write, and its complaints in our names.
#include "adapters/write_body.hpp"

#include "tests/adapters/providers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {
namespace {

using fields = written_fields;

write_rule at(json_pointer to) {
    write_rule rule;
    rule.to = std::move(to);
    return rule;
}

const write_rules nested{
    {"name", at({"name"})},
    {"model", at({"llm", "config", "model"})},
    {"temperature", at({"llm", "config", "heat"})},
    {"max_tokens", at({"llm", "limit"})},
    {"instructions", at({"a \"b\"", "c/d"})},
};

}  // namespace

TEST_CASE("fields go where the profile writes them, in the order in which they are given") {
    CHECK(write_body(nested, {}) == "{}");
    CHECK(write_body(nested, fields{{"name", "\"Ann\""}}) == R"({"name":"Ann"})");
    CHECK(write_body(nested, fields{{"max_tokens", "7"}, {"name", "null"}}) == R"({"llm":{"limit":7},"name":null})");
}

TEST_CASE("fields below one object share it, though others stand between them") {
    CHECK(write_body(nested,
                     fields{{"model", "\"m\""}, {"name", "\"Ann\""}, {"max_tokens", "7"}, {"temperature", "0.50"}}) ==
          R"({"llm":{"config":{"model":"m","heat":0.50},"limit":7},"name":"Ann"})");
}

TEST_CASE("names of members are escaped, and values are sent byte for byte") {
    CHECK(write_body(nested, fields{{"instructions", R"("é\u00e9\n")"}}) == R"({"a \"b\"":{"c/d":"é\u00e9\n"}})");
}

TEST_CASE("a provider's complaint is told in our name of the field") {
    CHECK(field_written_to(nested, "name") == "name");
    CHECK(field_written_to(nested, "model") == "model");
    CHECK(field_written_to(nested, "llm.config.model") == "model");
    CHECK(field_written_to(nested, "llm/config/heat") == "temperature");
    CHECK(field_written_to(nested, "/llm/config/heat") == "temperature");
    CHECK(field_written_to(nested, "limit") == "max_tokens");
    for (const std::string_view none : {"", "llm", "config", "config.model", "Name", "heat.", "temperature", "/", "."})
        CHECK(field_written_to(nested, none) == "");
}

TEST_CASE("a complaint that could be of several fields is of none, unless it names one in full") {
    const write_rules alike{
        {"description", at({"a", "text"})}, {"instructions", at({"b", "text"})}, {"name", at({"c", "text"})}};
    CHECK(field_written_to(alike, "text") == "");
    CHECK(field_written_to(alike, "b.text") == "instructions");
    const write_rules one_in_full{{"description", at({"a", "text"})}, {"name", at({"text"})}};
    CHECK(field_written_to(one_in_full, "text") == "name");
}

TEST_CASE("a provider writes by its profile's rules") {
    const provider mine = tests::made_with(tests::everything());
    CHECK(mine.write_body(fields{{"temperature", "0.5"}, {"name", "\"A\""}, {"model", "\"m\""}}) ==
          R"({"llm":{"heat":0.5,"model":"m"},"name":"A"})");
    CHECK(mine.field_written_to("heat") == "temperature");
    CHECK(mine.field_written_to("colour") == "");
}

}  // namespace rollcall::adapters
