// Which members of a provider's agents a profile reads nothing from.
#include "adapters/trial/trial.hpp"

#include <doctest/doctest.h>

using namespace rollcall::adapters;
using rollcall::normalizers::field_rule;
using rollcall::normalizers::field_rules;

namespace {

field_rule from(std::vector<json_pointer> pointers, field_rules fields = {}) {
    field_rule rule;
    rule.from = std::move(pointers);
    rule.fields = std::move(fields);
    return rule;
}

std::vector<std::string> pointers_left(const field_rules& rules, const std::vector<std::string_view>& items) {
    std::vector<std::string> pointers;
    for (const left_out& member : members_left_out(rules, items))
        pointers.push_back(member.pointer);
    return pointers;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("members that no rule reads are left out, counted, and shown as they first came") {
    const field_rules rules{{"id", from({{"id"}})}};
    const std::vector<std::string_view> items{R"({"id":1,"plan":{"tier": "pro"}})", R"({"id":2,"plan":null,"a/b~":0})"};
    const auto left = members_left_out(rules, items);
    REQUIRE(left.size() == 2);
    CHECK(left[0].pointer == "/plan");
    CHECK(left[0].count == 2);
    CHECK(left[0].example == R"({"tier":"pro"})");
    CHECK(left[1].pointer == "/a~1b~0");
    CHECK(left[1].count == 1);
}

TEST_CASE("an object of which only a part is read shows the rest of it") {
    const field_rules rules{{"id", from({{"id"}})}, {"greeting", from({{"config", "greeting"}})}};
    CHECK(pointers_left(rules, {R"({"id":1,"config":{"greeting":"hi","theme":"dark"}})"}) == names{"/config/theme"});
}

TEST_CASE("nothing below a member that is taken whole is left out") {
    const field_rules rules{
        {"id", from({{"id"}})}, {"config", from({{"config"}})}, {"voice", from({{"config", "voice"}})}};
    CHECK(pointers_left(rules, {R"({"id":1,"config":{"voice":"sage","speed":1}})"}).empty());
}

TEST_CASE("the fields of a record count as read, and so do all the places that a field may come from") {
    field_rule avatar;
    avatar.fields = {{"id", from({{"avatar_id"}})}};
    const field_rules rules{{"id", from({{"id"}, {"uuid"}})}, {"avatar", avatar}};
    CHECK(pointers_left(rules, {R"({"uuid":"a","avatar_id":1,"avatar_name":"b"})"}) == names{"/avatar_name"});
}

TEST_CASE("what a list's elements hold beyond their rules is left out under a star") {
    const field_rules rules{{"id", from({{"id"}})}, {"tools", from({{"tools"}}, {{"id", from({{"id"}})}})}};
    const auto left = members_left_out(
        rules, std::vector<std::string_view>{R"({"id":1,"tools":[{"id":"a","cost":1},{"id":"b","cost":2}]})"});
    REQUIRE(left.size() == 1);
    CHECK(left[0].pointer == "/tools/*/cost");
    CHECK(left[0].count == 2);
}
