// The kinds of field that only the records beside the Agent have: right, wrong, null and missing.
#include "tests/normalizers/dialects.hpp"
#include "tests/normalizers/records.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

namespace json = boost::json;

constexpr field part_fields[] = {{"owner", kind::reference},
                                 {"done", kind::flag},
                                 {"at", kind::time},
                                 {"others", kind::reference_list},
                                 {"agent", kind::subject}};
constexpr field all_fields[] = {
    {"id", kind::id},
    {"agent", kind::subject},
    {"done", kind::flag},
    {"owner", kind::reference},
    {"number", kind::reference},
    {"others", kind::reference_list},
    {"metrics", kind::renamed_object},
    {"parts", kind::record_list, part_fields},
};
const record all_kinds{"all", all_fields};

const record_sample& sample() {
    static const record_sample made{all_kinds,
                                    "mine-1",
                                    {{"id", from("/id")},
                                     {"done", from("/done")},
                                     {"owner", from("/owner")},
                                     {"number", id_from("/number")},
                                     {"others", from("/others")},
                                     {"metrics", from("/metrics")},
                                     {"parts", records("/parts", {{"owner", from("/owner")},
                                                                  {"done", from("/done")},
                                                                  {"at", from("/at")},
                                                                  {"others", from("/others")}})}},
                                    true,
                                    {}};
    return made;
}

page read_item(std::string_view members, std::string_view subject = {}) {
    return sample().read(fmt::format(R"({{"data": [{{"id": "1"{}{}}}]}})", members.empty() ? "" : ", ", members),
                         subject);
}

std::string read_field(std::string_view name, std::string_view members) {
    return json::serialize(sample().record_of(read_item(members)).at(name));
}

TEST_CASE("each kind of value, right and wrong") {
    struct {
        const char* situation;
        const char* field;
        std::string_view sent;
        std::string_view written;
        std::uint32_t faults;
    } const rows[] = {
        {"true", "done", "true", "true", 0},
        {"false", "done", "false", "false", 0},
        {"a null flag", "done", "null", "null", 0},
        {"the text of a flag", "done", R"("true")", "null", 1},
        {"a number for a flag", "done", "1", "null", 1},
        {"an object for a flag", "done", "{}", "null", 1},

        {"a reference", "owner", R"("o/1")", R"("mine-1:o/1")", 0},
        {"an escaped reference", "owner", R"("\u00e9\"\\\n")", R"("mine-1:é\"\\\n")", 0},
        {"a lone surrogate in a reference", "owner", R"("\ud800x")", "\"mine-1:\ufffdx\"", 0},
        {"a null reference", "owner", "null", "null", 0},
        {"an empty reference", "owner", R"("")", "null", 1},
        {"a number where only texts are ids", "owner", "7", "null", 1},
        {"a flag for a reference", "owner", "true", "null", 1},
        {"a list for a reference", "owner", R"(["o"])", "null", 1},

        {"a number that is an id", "number", "7", R"("mine-1:7")", 0},
        {"a long number that is an id", "number", "123456789012345678901234567890",
         R"("mine-1:123456789012345678901234567890")", 0},
        {"a text where numbers are ids too", "number", R"("7")", R"("mine-1:7")", 0},
        {"a fraction for an id", "number", "7.5", "null", 1},

        {"references", "others", R"( [ "a" , "\u0062" ] )", R"(["mine-1:a","mine-1:b"])", 0},
        {"no references", "others", "[]", "[]", 0},
        {"null for references", "others", "null", "[]", 0},
        {"some references of a wrong type", "others", R"(["a", 1, null, ["b"], "", {"c": "d"}, "e"])",
         R"(["mine-1:a","mine-1:e"])", 5},
        {"a text for references", "others", R"("a")", "[]", 1},

        {"an object", "metrics", R"({"avgTime": 1.50, "byDay": [{"dayOfWeek": 1}]})",
         R"({"avg_time":1.5E0,"by_day":[{"day_of_week":1}]})", 0},
        {"an empty object", "metrics", "{ }", "{}", 0},
        {"a null object", "metrics", "null", "null", 0},
        {"a list for an object", "metrics", "[{}]", "null", 1},
        {"a text for an object", "metrics", R"("{}")", "null", 1},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        const page page = read_item(fmt::format(R"("{}": {})", row.field, row.sent));
        CHECK(json::serialize(sample().record_of(page).at(row.field)) == row.written);
        for (std::size_t i = 0; i < page.schema_faults.size(); ++i) {
            INFO(all_fields[i].name);
            CHECK(page.schema_faults[i] == (all_fields[i].name == row.field ? row.faults : 0));
        }
    }
}

TEST_CASE("what is missing is null, and a list is empty") {
    CHECK(
        json::serialize(sample().record_of(read_item(""))) ==
        R"({"id":"mine-1:1","agent":null,"done":null,"owner":null,"number":null,"others":[],"metrics":null,"parts":[]})");
}

TEST_CASE("the last of several equal keys counts for each kind") {
    CHECK(read_field("done", R"("done": true, "done": false)") == "false");
    CHECK(read_field("done", R"("done": true, "done": null)") == "null");
    CHECK(read_field("owner", R"("owner": "a", "owner": "b")") == R"("mine-1:b")");
    CHECK(read_field("others", R"("others": ["a"], "others": ["b"])") == R"(["mine-1:b"])");
    CHECK(read_field("metrics", R"("metrics": {"a": 1}, "metrics": {"bC": 2})") == R"({"b_c":2})");
}

TEST_CASE("the elements of a list may hold references, flags, times, and lists of references") {
    const page page = read_item(R"("parts": [
        {"owner": "o", "done": true, "at": "2025-01-15T12:00:00+02:00", "others": ["x", "y"]},
        {"owner": 1, "done": "no", "at": 5, "others": [1]}, 7, {}])",
                                "a");
    CHECK(
        json::serialize(sample().record_of(page).at("parts")) ==
        R"([{"owner":"mine-1:o","done":true,"at":"2025-01-15T10:00:00Z","others":["mine-1:x","mine-1:y"],"agent":"mine-1:a"},)"
        R"({"owner":null,"done":null,"at":null,"others":[],"agent":"mine-1:a"},)"
        R"({"owner":null,"done":null,"at":null,"others":[],"agent":"mine-1:a"}])");
    CHECK(page.schema_faults == std::vector<std::uint32_t>{0, 0, 0, 0, 0, 0, 0, 5});
}

TEST_CASE("the id of the agent that a call was about may be any bytes") {
    struct {
        const char* situation;
        std::string_view subject;
        std::string_view written;
    } const rows[] = {
        {"none", "", "null"},
        {"plain", "agent_1", R"("mine-1:agent_1")"},
        {"marks", R"(a"b\c/d:e)", R"("mine-1:a\"b\\c/d:e")"},
        {"control characters", "\x01\n\0"sv, R"("mine-1:\u0001\n\u0000")"},
        {"beyond ASCII", "é😀", R"("mine-1:é😀")"},
        {"no UTF-8", "a\xff\xc3", "\"mine-1:a\ufffd\ufffd\""},
        {"half a surrogate pair in UTF-8", "\xed\xa0\x80", "\"mine-1:\ufffd\ufffd\ufffd\""},
        {"looks like JSON", R"(","id":")", R"("mine-1:\",\"id\":\"")"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        const page page = read_item("", row.subject);
        CHECK(json::serialize(sample().record_of(page).at("agent")) == row.written);
        CHECK(page.schema_faults == std::vector<std::uint32_t>(std::size(all_fields)));
    }
}

TEST_CASE("a reader forgets the agent of the call before") {
    reader reader;
    const auto plan = sample().plan_of_list();
    const auto first = reader.read_list(plan, R"({"data": [{"id": "1"}]})", "someone");
    const auto second = reader.read_list(plan, R"({"data": [{"id": "1"}]})");
    REQUIRE(first.has_value());
    REQUIRE(second.has_value());
    CHECK(sample().record_of(*first).at("agent") == "mine-1:someone");
    CHECK(sample().record_of(*second).at("agent").is_null());
}

TEST_CASE("records within records, with lists inside") {
    static constexpr field inner[] = {{"done", kind::flag}, {"others", kind::reference_list}};
    static constexpr field middle[] = {{"inner", kind::record, inner}, {"parts", kind::record_list, part_fields}};
    static constexpr field outer[] = {{"id", kind::id}, {"middle", kind::record, middle}};
    const record nested_record{"nested", outer};
    const record_sample nested{
        nested_record,
        "mine",
        {{"id", from("/id")},
         {"middle", one_record({{"inner", one_record({{"done", from("/a/b/done")}, {"others", from("/a/b/others")}})},
                                {"parts", records("/a/parts", {{"owner", from("/by/id")}})}})}},
        true,
        {}};
    const page page = nested.read(R"({"data": [{"id": "1", "a": {"b": {"done": false, "others": ["x"]},
        "parts": [{"by": {"id": "o"}}]}}, {"id": "2", "a": {"b": {}, "parts": []}}, {"id": "3", "a": []}]})");
    CHECK(
        json::serialize(nested.record_of(page, 0).at("middle")) ==
        R"({"inner":{"done":false,"others":["mine:x"]},"parts":[{"owner":"mine:o","done":null,"at":null,"others":[],"agent":"mine:agent 1"}]})");
    CHECK(json::serialize(nested.record_of(page, 1).at("middle")) == R"({"inner":null,"parts":[]})");
    CHECK(nested.record_of(page, 2).at("middle").is_null());
}

}  // namespace
}  // namespace rollcall::normalizers::tests
