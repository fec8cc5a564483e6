// Names in snake_case, alone and in objects that are passed on.
#include "normalizers/snake_case.hpp"

#include "normalizers/read.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::normalizers {
namespace {

using namespace std::literals;

/// The members of `object` in snake_case, when it has been checked as the only member of a client's object.
std::string renamed(std::string_view object, std::span<const std::string_view> without = {}) {
    reader reader;
    const auto members = reader.read_members("{\"x\":"s + std::string{object} + '}');
    REQUIRE(members.has_value());
    std::string out = "before";
    append_members_in_snake_case(out, members->front().raw, without);
    REQUIRE(out.starts_with("before"));
    return out.substr(6);
}

std::string repeated(std::string_view part, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

TEST_CASE("a name in snake_case") {
    struct {
        std::string_view name;
        std::string_view snake;
    } const rows[] = {
        {"avgResponseTime", "avg_response_time"},
        {"AvgResponse-time", "avg_response_time"},
        {"already_in_snake_case", "already_in_snake_case"},
        {"plain", "plain"},
        {"A", "a"},
        {"ABC", "abc"},
        {"aB", "a_b"},
        {"userID", "user_id"},
        {"HTTPServer", "http_server"},
        {"callsByHTTPServer", "calls_by_http_server"},
        {"p95Latency", "p95_latency"},
        {"top10", "top10"},
        {"Avg_Response", "avg_response"},
        {"_id", "_id"},
        {"__typename", "__typename"},
        {"-x", "_x"},
        {"x-", "x_"},
        {"a - b", "a_b"},
        {"per.day", "per_day"},
        {"$ref", "$ref"},
        {"50%", "50%"},
        {"", ""},
        {"caféName", "café_name"},
        {"😀Face", "😀_face"},
        {"Ünder", "Ünder"},
    };
    for (const auto& row : rows) {
        INFO(row.name);
        CHECK(snake_case(row.name) == row.snake);
        CHECK(snake_case(snake_case(row.name)) == row.snake);
    }
}

TEST_CASE("the names of all objects are renamed, and no value is touched") {
    CHECK(renamed("{}") == "");
    CHECK(renamed(" { } ") == "");
    CHECK(renamed(R"({"aB":1})") == R"("a_b":1)");
    CHECK(renamed(R"( { "aB" : 1.50 , "cD" : "eF" , "gH":null,"iJ":true ,"kL":-0.0e-0 } )") ==
          R"("a_b":1.50,"c_d":"eF","g_h":null,"i_j":true,"k_l":-0.0e-0)");
    CHECK(renamed(R"({"aB": {"cD": {"eF": [ {"gH": [[{"iJ": []}], {}, "kL"]}, 2 ]}}})") ==
          R"("a_b":{"c_d":{"e_f":[{"g_h":[[{"i_j":[]}],{},"kL"]},2]}})");
    CHECK(renamed(R"({"a":"}\"]{,:\\","b":"\u0041\/ é"})") == R"("a":"}\"]{,:\\","b":"\u0041\/ é")");
}

TEST_CASE("names with escapes stay the names that they are") {
    CHECK(renamed(R"({"\u0061vgTime": 1})") == R"("avg_time":1)");
    CHECK(renamed(R"({"a\"B": 1, "c\\D": 2, "e\/F": 3, "g\nH": 4, "i\u0000J": 5})") ==
          R"("a\"b":1,"c\\d":2,"e/f":3,"g\nh":4,"i\u0000j":5)");
    CHECK(renamed(R"({"a\ud83d\ude00B": 1})") == R"("a😀_b":1)");
    CHECK(renamed(R"({"a\ud800B": 1, "\udc00": "\udc00"})") == "\"a\ufffd_b\":1,\"\ufffd\":\"\\ufffd\"");
}

TEST_CASE("of names that become equal the first stays, in each object by itself") {
    CHECK(renamed(R"({"aB": 1, "a_b": 2, "a-b": [3], "AB": 4, "aB": {"x": 5}})") == R"("a_b":1,"ab":4)");
    CHECK(renamed(R"({"a": {"a": {"a": 1, "A": 2}}, "A": 3, "b": [{"a": 1}, {"a": 2}]})") ==
          R"("a":{"a":{"a":1}},"b":[{"a":1},{"a":2}])");
    CHECK(renamed(R"({"a": 1, "\u0061": 2})") == R"("a":1)");
    const std::string many = repeated(R"("sameName":{"x":[1,2]},)", 20'000);
    CHECK(renamed("{" + many + R"("other":1})") == R"("same_name":{"x":[1,2]},"other":1)");
}

TEST_CASE("members that come to be called as in `without` are left out, in the outermost object only") {
    const std::vector<std::string_view> ours{"agent_id", "provider"};
    CHECK(renamed(R"({"agentId": "x", "a": {"agentId": 1, "provider": 2}, "Provider": {}, "agent-id": 3})", ours) ==
          R"("a":{"agent_id":1,"provider":2})");
    CHECK(renamed(R"({"agentId": "x"})", ours) == "");
    CHECK(renamed(R"({"agent": "x"})", ours) == R"("agent":"x")");
}

TEST_CASE("objects nested as deep as a reader takes them") {
    const std::string nested = repeated(R"({"aB":[)", 63) + "{}" + repeated("]}", 63);
    CHECK(renamed(nested) == R"("a_b":[)" + repeated(R"({"a_b":[)", 62) + "{}" + repeated("]}", 62) + "]");
}

}  // namespace
}  // namespace rollcall::normalizers
