// What a page is besides its agents' fields: its place in the list, its items' slices, and what fails.
#include "normalizers/write.hpp"
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

failure failure_of(const dialect& dialect, std::string_view body) {
    reader reader;
    auto outcome = reader.read_list(dialect.plan_of_list(), std::string{body});
    INFO(body);
    REQUIRE(outcome.has_error());
    return std::move(outcome).error();
}

failure failure_of_one(const dialect& dialect, std::string_view body) {
    reader reader;
    auto outcome = reader.read_one(dialect.plan_of_one(), std::string{body});
    INFO(body);
    REQUIRE(outcome.has_error());
    return std::move(outcome).error();
}

std::vector<std::string> ids_of(const page& page) {
    std::vector<std::string> ids;
    for (const item& item : page.items)
        ids.emplace_back(page.native_id(item));
    return ids;
}

using ids = std::vector<std::string>;

TEST_CASE("an item without an id is dropped and counted, and the others stay") {
    const std::string long_id(longest_native_id + 1, 'x');
    struct {
        const char* situation;
        std::string item;
        bool kept;
    } const rows[] = {
        {"no id", R"({"name": "N"})", false},
        {"a null id", R"({"id": null})", false},
        {"an empty id", R"({"id": ""})", false},
        {"a number where only texts are ids", R"({"id": 7})", false},
        {"an object for an id", R"({"id": {"id": "x"}})", false},
        {"a list for an id", R"({"id": ["x"]})", false},
        {"true for an id", R"({"id": true})", false},
        {"an id that is too long", R"({"id": ")"s + long_id + "\"}", false},
        {"an id just short enough", R"({"id": ")"s + long_id.substr(1) + "\"}", true},
        {"no object but null", "null", false},
        {"no object but a number", "5", false},
        {"no object but a text", R"("a")", false},
        {"no object but a list", R"([{"id": "x"}])", false},
        {"an empty object", "{}", false},
        {"an id of blanks", R"({"id": " "})", true},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        // What has been seen of one id, escapes, says nothing of the next.
        const page page =
            read_items(heppu(), R"({"id": "bef\u006fre", "name": "A"}, )"s + row.item + R"(, {"id": "after"})");
        CHECK(page.received == 3);
        CHECK(page.items.size() == (row.kept ? 3 : 2));
        CHECK(ids_of(page).front() == "before");
        CHECK(ids_of(page).back() == "after");
        CHECK(agent_of(page, page.items.size() - 1).at("name").is_null());
        const unsigned dropped = row.kept ? 0 : 1;
        CHECK(faults_of(page)["id"] == dropped);
        CHECK(faults_of(page).size() == dropped);
    }
}

TEST_CASE("numbers are ids where the profile takes them") {
    const page page =
        read_items(agenthuman(), R"({"agent_id": 0}, {"agent_id": -5}, {"agent_id": 123456789012345678901234567890},
        {"agent_id": "text"}, {"agent_id": 1.0}, {"agent_id": 1e3}, {"agent_id": -0}, {"agent_id": true})");
    CHECK(ids_of(page) == ids{"0", "-5", "123456789012345678901234567890", "text"});
    CHECK(faults_of(page)["id"] == 4);
    CHECK(agent_of(page, 1).at("id") == "human-1:-5");
    CHECK(agent_of(page, 1).at("native_id") == "-5");
}

TEST_CASE("a native id is kept unescaped, and written escaped") {
    const page page = read_items(heppu(), R"({"id": "a\/b\"c\u0000\ud83d\ude00\ud800"})");
    CHECK(ids_of(page) == ids{"a/b\"c\0😀\ufffd"s});
    CHECK(agent_of(page).at("native_id").as_string() == "a/b\"c\0😀\ufffd"sv);
    CHECK(agent_of(page).at("id").as_string() == "heppu:a/b\"c\0😀\ufffd"sv);
}

TEST_CASE("the source of an item is the provider's own bytes") {
    const std::string_view first = "{ \"id\" :\t\"a\",\r\n \"more\": [1, {\"x\": 1.50}] ,\"name\":\"\\u0041\"}";
    const std::string_view second = R"({"id":"b","id":"c"})";
    const page page = read_items(heppu(), std::string{first} + "  , 5, " + std::string{second} + "  ");
    REQUIRE(page.items.size() == 2);
    CHECK(page.items[0].source.of(page.body) == first);
    CHECK(page.items[1].source.of(page.body) == second);
    CHECK(ids_of(page) == ids{"a", "c"});

    reader reader;
    const auto bare = reader.read_one(converra().plan_of_one(), fmt::format(" \n{} \n ", first));
    REQUIRE(bare.has_value());
    CHECK(bare->items[0].source.of(bare->body) == first);
    const auto wrapped = reader.read_one(heppu().plan_of_one(), heppu().one_of(fmt::format(" {} ", first)));
    REQUIRE(wrapped.has_value());
    CHECK(wrapped->items[0].source.of(wrapped->body) == first);
}

TEST_CASE("any range of fields is taken out of an item by itself") {
    const page page = read_sound_list(heppu(), heppu().list_example);
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        const boost::json::object whole = agent_of(page, i);
        for (std::size_t from = 0; from < agent_record.fields.size(); ++from) {
            for (std::size_t to = from + 1; to <= agent_record.fields.size(); ++to) {
                const std::string text = fmt::format("{{{}}}", page.members(page.items[i], from, to));
                const boost::json::value part = boost::json::parse(text);
                CHECK(part.as_object().size() == to - from);
                CHECK(part.at(agent_record.fields[from].name) == whole.at(agent_record.fields[from].name));
                CHECK(part.at(agent_record.fields[to - 1].name) == whole.at(agent_record.fields[to - 1].name));
            }
        }
    }
}

TEST_CASE("an item has the tags that its provider sent") {
    const page page =
        read_items(converra(), R"({"id": "1", "tags": ["support", "a\"b", "é", 5, ""]}, {"id": "2", "tags": []},
        {"id": "3"}, {"id": "4", "tags": ["pro\u0064uction", "support"]}, {"id": "5", "tags": "support"})");
    REQUIRE(page.items.size() == 5);
    const auto has = [&](std::size_t place, std::string_view tag) { return page.has_tag(page.items[place], tag); };
    CHECK(has(0, "support"));
    CHECK(has(0, "a\"b"));
    CHECK(has(0, "é"));
    CHECK(has(0, ""));
    CHECK_FALSE(has(0, "production"));
    CHECK_FALSE(has(0, "5"));
    CHECK_FALSE(has(0, "suppor"));
    CHECK_FALSE(has(1, "support"));
    CHECK_FALSE(has(2, "support"));
    CHECK(has(3, "production"));
    CHECK(has(3, "support"));
    CHECK_FALSE(has(4, "support"));
}

TEST_CASE("items are put in the order of their native ids, each once") {
    page page = read_items(agenthuman(), R"({"agent_id": 20, "name": "first 20"}, {"agent_id": 3}, {"agent_id": 100},
        {"agent_id": "é"}, {"agent_id": 20, "name": "second 20"}, {"agent_id": 2})");
    page.order_by_native_id();
    CHECK(ids_of(page) == ids{"100", "2", "20", "3", "é"});
    CHECK(agent_of(page, 2).at("name") == "first 20");
    CHECK(page.received == 6);
}

TEST_CASE("a page says where it stands in its list") {
    const auto heppu_more = [](std::string_view more) {
        return read_sound_list(heppu(), R"({"success": true, "data": {"agents": [], "pagination": {"hasMore": )" +
                                            std::string{more} + ", \"total\": 2}}}")
            .has_more;
    };
    CHECK(heppu_more("true") == true);
    CHECK(heppu_more("false") == false);
    for (const auto other : {"null", "1", "\"true\"", "[true]"})
        CHECK_FALSE(heppu_more(other).has_value());

    const auto next = [](std::string_view token) {
        return read_sound_list(hyperrep(),
                               R"({"data": [], "pagination": {"next_cursor": )"s + std::string{token} + "}}")
            .next;
    };
    CHECK(next("null").empty());
    CHECK(next("\"\"").empty());
    CHECK(next(R"("abc\/=\u002b")") == "abc/=+");
    CHECK(next("17") == "17");
    CHECK(read_sound_list(hyperrep(), R"({"data": []})").next.empty());
    for (const auto broken : {"true", "[]", "{}"}) {
        const std::string body = R"({"data": [], "pagination": {"next_cursor": )"s + std::string{broken} + "}}";
        CHECK(failure_of(hyperrep(), body).kind == fault::invalid_response);
    }

    const auto total = [](std::string_view number) {
        return read_sound_list(converra(), R"({"data": [], "pagination": {"total": )"s + std::string{number} + "}}")
            .total;
    };
    CHECK(total("0") == 0U);
    CHECK(total("18446744073709551615") == 18446744073709551615U);
    for (const auto other : {"-1", "1.0", "1e3", "18446744073709551616", "\"15\"", "null", "true"}) {
        CHECK_FALSE(total(other).has_value());
    }
}

TEST_CASE("what stands before the items is read as what stands behind") {
    const page page = read_sound_list(
        hyperrep(), R"({"pagination": {"has_more": true, "next_cursor": "x"}, "data": [{"agent_id": "1"}]})");
    CHECK(page.has_more == true);
    CHECK(page.next == "x");
    CHECK(page.items.size() == 1);
}

TEST_CASE("an answer whose success flag is false is a failure in the provider's own words") {
    for (
        const std::string_view body :
        {R"({"success": false, "error": {"message": "Invalid API key", "code": 401}})",
         R"({"success": false, "data": {"agents": [{"id": "1"}]}, "error": {"message": "Invalid API key", "code": "401"}})",
         R"({"success": true, "data": {"agents": []}, "success": false, "error": {"message": "Invalid API key", "code": 401}})"}) {
        INFO(body);
        const failure list = failure_of(heppu(), body);
        CHECK(list.kind == fault::error);
        CHECK(list.upstream.message == "Invalid API key");
        CHECK(list.upstream.code == "401");
        CHECK(failure_of_one(heppu(), body).upstream.message == "Invalid API key");
    }
}

TEST_CASE("an answer that does not say whether it succeeded cannot be read") {
    for (const std::string_view body : {R"({"data": {"agents": []}})", R"({"success": null, "data": {"agents": []}})",
                                        R"({"success": "true", "data": {"agents": []}})"}) {
        INFO(body);
        CHECK(failure_of(heppu(), body).kind == fault::invalid_response);
        CHECK(failure_of_one(heppu(), body).kind == fault::invalid_response);
    }
}

TEST_CASE("an answer without items where they should be cannot be read") {
    for (const auto body :
         {R"({})", R"([])", R"([{"id": "1"}])", R"({"data": null})", R"({"data": {}})", R"({"data": "none"})",
          R"({"items": []})", R"({"data": [], "data": null})", R"({"data": [{"id": "1"}], "data": {"id": "2"}})"}) {
        const failure failure = failure_of(converra(), body);
        CHECK(failure.kind == fault::invalid_response);
        CHECK(failure.detail.find("no items") != std::string::npos);
    }
}

TEST_CASE("a second list of items under the same key replaces the first") {
    const page page = read_sound_list(
        converra(), R"({"data": [{"id": "1", "name": 5, "tags": ["a"]}, 5], "data": [{"id": "2", "tags": ["b"]}]})");
    CHECK(ids_of(page) == ids{"2"});
    CHECK(page.received == 1);
    CHECK(faults_of(page).empty());
    CHECK(page.has_tag(page.items[0], "b"));
    CHECK_FALSE(page.has_tag(page.items[0], "a"));
    CHECK(ids_of(read_sound_list(heppu(),
                                 R"({"success": true, "data": {"agents": [{"id": "1"}]}, "data": {"agents": []}})"))
              .empty());
    CHECK(failure_of(heppu(), R"({"success": true, "data": {"agents": [{"id": "1"}]}, "data": {}})").kind ==
          fault::invalid_response);
}

TEST_CASE("a list may be the whole answer") {
    list_pointers whole;
    whole.items = pointer("");
    const auto plan = compile_list(agent_record.fields, {{"id", from("/id")}}, whole, "mine", {});
    reader reader;
    const auto outcome = reader.read_list(plan, R"( [{"id": "1"}, {"id": "2"}] )");
    REQUIRE(outcome.has_value());
    CHECK(ids_of(*outcome) == ids{"1", "2"});
    CHECK(reader.read_list(plan, R"({"id": "1"})").has_error());
}

TEST_CASE("one agent without an id, or that is no object, cannot be read") {
    for (const auto body : {R"({})", R"({"id": null})", R"({"id": ""})", R"({"id": 5})", R"([])", R"([{"id": "1"}])"}) {
        CHECK(failure_of_one(converra(), body).kind == fault::invalid_response);
    }
    for (const auto data : {"null", "[]", "5", "\"x\"", "{}"}) {
        CHECK(failure_of_one(heppu(), R"({"success": true, "data": )"s + std::string{data} + "}").kind ==
              fault::invalid_response);
    }
    CHECK(failure_of_one(heppu(), R"({"success": true, "data": {"id": "1"}, "data": null})").kind ==
          fault::invalid_response);
}

TEST_CASE("one reader reads one answer after the other, whatever the last one was") {
    reader reader;
    const auto plan = converra().plan_of_list();
    const auto sound = [&] {
        const auto outcome = reader.read_list(plan, std::string{converra().list_example});
        return outcome.has_value() && outcome->items.size() == 1 && faults_of(*outcome).empty();
    };
    CHECK(sound());
    CHECK(reader.read_list(plan, R"({"data": [{"id": "1", "tags": ["a")").has_error());
    CHECK(sound());
    CHECK(reader.read_list(plan, "").has_error());
    CHECK(reader.read_list(plan, R"({"data": [)"s + std::string(100'000, ' ') + "]}").has_value());
    CHECK(sound());
    CHECK(reader.read_error(plan.errors, R"({"error": {"code": 1}})").code == "1");
    const auto bare = reader.read_list(plan, R"({"data": [{"id": "1"}]})");
    REQUIRE(bare.has_value());
    CHECK(agent_of(*bare).at("tags").as_array().empty());
    CHECK(agent_of(*bare).at("name").is_null());
}

TEST_CASE("a page can be moved, and counts its memory") {
    page page = read_sound_list(heppu(), heppu().list_example);
    const auto before = agent_of(page, 1);
    const auto moved = std::move(page);
    CHECK(agent_of(moved, 1) == before);
    CHECK(moved.native_id(moved.items[0]) == "550e8400-e29b-41d4-a716-446655440000");
    CHECK(moved.memory() >= heppu().list_example.size() + moved.text.size());
}

}  // namespace
}  // namespace rollcall::normalizers::tests
