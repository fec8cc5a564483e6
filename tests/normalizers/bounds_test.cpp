// Answers that come to more than they may: each bound holds at its number and refuses one beyond.
#include "normalizers/bounds.hpp"

#include "tests/normalizers/reading.hpp"
#include "tests/normalizers/records.hpp"

#include <doctest/doctest.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

/// `count` times `part`, with commas between them.
std::string many(std::string_view part, std::size_t count) {
    std::string text;
    text.reserve(count * (part.size() + 1));
    for (std::size_t i = 0; i < count; ++i) {
        if (i != 0) text += ',';
        text += part;
    }
    return text;
}

/// Why it is refused as an invalid response; empty: it is read.
template<class Outcome>
std::string refusal_in(const Outcome& read) {
    if (read.has_value()) return {};
    CHECK(read.error().kind == fault::invalid_response);
    return read.error().detail;
}

std::string refusal_of(const list_plan& plan, std::string body) {
    reader reader;
    return refusal_in(reader.read_list(plan, std::move(body)));
}

std::string refusal_of(const one_plan& plan, std::string body) {
    reader reader;
    return refusal_in(reader.read_one(plan, std::move(body)));
}

constexpr std::string_view too_many_items = "its answer holds more than 100000 items";
constexpr std::string_view too_many_elements = "its answer holds a list of more than 10000 elements";
constexpr std::string_view too_large = "bytes would become more than 67108864";

bool is_too_large(std::string_view refusal) {
    return refusal.ends_with(too_large);
}

/// How many of Heppu's agents with `tools`, JSON with commas between them, an answer may hold.
std::size_t agents_with(std::string_view tools) {
    const std::string agent = R"({"id":"1","tools":[)" + std::string{tools} + "]}";
    const page one = read_items(heppu(), agent);
    return most_written(agent.size()) / one.text.size();
}

TEST_CASE("a page has a hundred thousand items and no more, whether they have an id or not") {
    for (const std::string_view item : {R"({"id":"1"})"sv, "{}"sv, "0"sv}) {
        INFO(item);
        const auto plan = converra().plan_of_list();
        CHECK(refusal_of(plan, converra().list_of(many(item, most_items))) == "");
        CHECK(refusal_of(plan, converra().list_of(many(item, most_items + 1))) == too_many_items);
    }
}

TEST_CASE("items that a later member of the same name replaces are counted with those that do") {
    const auto twice = [](std::size_t first, std::size_t second) {
        return R"({"data":[)" + many("{}", first) + R"(],"data":[)" + many("{}", second) + "]}";
    };
    const auto plan = converra().plan_of_list();
    CHECK(refusal_of(plan, twice(most_items / 2, most_items / 2)) == "");
    CHECK(refusal_of(plan, twice(most_items / 2, most_items / 2 + 1)) == too_many_items);
}

TEST_CASE("a list inside an item has ten thousand elements and no more, of whatever they are") {
    struct {
        const dialect& of;
        std::string_view list;
        std::string_view element;
    } const rows[] = {{heppu(), "tools", "{}"},
                      {heppu(), "tools", "0"},
                      {heppu(), "phoneNumbers", "\"1\""},
                      {converra(), "tags", "\"\""},
                      {converra(), "tags", "null"}};
    for (const auto& row : rows) {
        INFO(row.list);
        INFO(row.element);
        const auto agent = [&](std::size_t count) {
            return R"({"id":"1",")"s + std::string{row.list} + "\":[" + many(row.element, count) + "]}";
        };
        CHECK(refusal_of(row.of.plan_of_list(), row.of.list_of(agent(most_elements))) == "");
        CHECK(refusal_of(row.of.plan_of_list(), row.of.list_of(agent(most_elements + 1))) == too_many_elements);
        CHECK(refusal_of(row.of.plan_of_one(), row.of.one_of(agent(most_elements))) == "");
        CHECK(refusal_of(row.of.plan_of_one(), row.of.one_of(agent(most_elements + 1))) == too_many_elements);
    }
}

TEST_CASE("an array that no rule reads may have any number of elements") {
    CHECK(refusal_of(heppu().plan_of_list(), heppu().list_of(R"({"id":"1","x":[)" + many("0", 200'000) + "]}")) == "");
}

TEST_CASE("what is written for a page is four times its body at most, or 64 MiB where that is more") {
    CHECK(most_written(0) == 64 * 1024 * 1024);
    CHECK(most_written(16 * 1024 * 1024) == 64 * 1024 * 1024);
    CHECK(most_written(17 * 1024 * 1024) == 68 * 1024 * 1024);
    CHECK(most_written(1024 * 1024 * 1024) < UINT32_MAX);

    // Tools that say nothing are written as 25 times as many bytes.
    const std::string tools = many("{}", most_elements);
    const std::size_t most = agents_with(tools);
    const std::string agent = R"({"id":"1","tools":[)" + tools + "]}";
    CHECK(refusal_of(heppu().plan_of_list(), heppu().list_of(many(agent, most))) == "");
    CHECK(is_too_large(refusal_of(heppu().plan_of_list(), heppu().list_of(many(agent, most + 2)))));
}

TEST_CASE("lists that are written for nothing are counted too") {
    const std::string tools = many("{}", most_elements);
    const std::size_t most = agents_with(tools);
    const std::string list = R"("tools":[)" + tools + "]";
    const auto plan = heppu().plan_of_list();
    INFO("of items without an id");
    CHECK(refusal_of(plan, heppu().list_of(many("{" + list + "}", most))) == "");
    CHECK(is_too_large(refusal_of(plan, heppu().list_of(many("{" + list + "}", most + 2)))));
    INFO("or of members that a later one replaces");
    CHECK(refusal_of(plan, heppu().list_of(R"({"id":"1",)" + many(list, most) + "}")) == "");
    CHECK(is_too_large(refusal_of(plan, heppu().list_of(R"({"id":"1",)" + many(list, most + 2) + "}"))));
}

TEST_CASE("references, whose prefix is longer than they are, are bounded like whatever else is written") {
    record_sample sample = hyperrep_sales();
    const std::string provider(60, 'p');
    sample.provider = provider;
    const std::string sale = R"({"sale_id":"1","associated_conversation_ids":[)" + many("\"1\"", most_elements) + "]}";
    const auto sales = [&](std::size_t count) { return R"({"data":[)" + many(sale, count) + "]}"; };
    const std::size_t most = most_written(0) / sample.read(sales(1)).text.size();
    CHECK(refusal_of(sample.plan_of_list(), sales(most)) == "");
    CHECK(is_too_large(refusal_of(sample.plan_of_list(), sales(most + 2))));
}

TEST_CASE("a value that many fields show is refused before it is written more often than there is room for") {
    dialect mine;
    mine.provider = "mine";
    mine.list.items = pointer("/data");
    mine.rules = {{"id", from("/id")}, {"config", from("/x")}, {"avatar", one_record({{"id", from("/x/y")}})}};
    for (const auto* const name : {"name", "description", "email", "language", "model", "instructions", "greeting"})
        mine.rules.emplace(name, from("/x/y"));
    const auto item = [](std::size_t size) { return R"({"id":"1","x":{"y":")" + std::string(size, 'y') + "\"}}"; };
    constexpr std::size_t shown = 9;
    const std::size_t largest = most_written(0) / shown - 100;
    for (const std::size_t size : {largest, largest + 200}) {
        const bool fits = size == largest;
        const std::string list = refusal_of(mine.plan_of_list(), mine.list_of(item(size)));
        const std::string one = refusal_of(mine.plan_of_one(), item(size));
        CHECK((fits ? list.empty() : is_too_large(list)));
        CHECK((fits ? one.empty() : is_too_large(one)));
    }
}

TEST_CASE("an object whose members get other names has a mebibyte and no more") {
    const auto object = [](std::size_t size) {
        constexpr std::string_view around = R"({"x":""})";
        return R"({"x":")" + std::string(size - around.size(), 'x') + "\"}";
    };
    const auto status = [&](std::size_t size) { return R"({"id":"1","metrics":)" + object(size) + "}"; };
    constexpr std::string_view too_large =
        "its record holds an object of more than 1048576 bytes whose members would be renamed";
    CHECK(refusal_of(converra_status().plan_of_one(), status(largest_renamed_object)) == "");
    CHECK(refusal_of(converra_status().plan_of_one(), status(largest_renamed_object + 1)) == too_large);
    CHECK(refusal_of(converra_insights().plan_of_one(), object(largest_renamed_object)) == "");
    CHECK(refusal_of(converra_insights().plan_of_one(), object(largest_renamed_object + 1)) == too_large);
}

TEST_CASE("an answer that is refused leaves nothing to the next") {
    reader reader;
    const auto plan = heppu().plan_of_list();
    const std::string tools = R"({"id":"1","tools":[)" + many("{}", most_elements) + "]}";
    for (const std::string& items : {many("{}", most_items + 1), many(tools, 120)}) {
        CHECK(reader.read_list(plan, heppu().list_of(items)).has_error());
        const auto next = reader.read_list(plan, std::string{heppu().list_example});
        REQUIRE(next.has_value());
        CHECK(next->text == read_sound_list(heppu(), heppu().list_example).text);
    }
}

}  // namespace
}  // namespace rollcall::normalizers::tests
