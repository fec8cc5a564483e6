// The requests about one agent, and of writes: paths, what clients say besides, bodies, and ids of any bytes.
#include "adapters/provider.hpp"
#include "tests/adapters/providers.hpp"

#include <boost/url/parse.hpp>
#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {
namespace {

using kind = operation_kind;
using tests::everything;
using tests::made;
using tests::made_with;

call_arguments about(std::string id) {
    call_arguments arguments;
    arguments.native_id = std::move(id);
    return arguments;
}

call_arguments with_dates(std::string id, std::string start, std::string end) {
    call_arguments arguments = about(std::move(id));
    if (!start.empty()) arguments.start_date = std::move(start);
    if (!end.empty()) arguments.end_date = std::move(end);
    return arguments;
}

std::string target_of_page(const provider& provider, kind kind, call_arguments arguments, const position& from = {}) {
    const listing listing{kind, std::move(arguments), {}};
    return provider.page_request(listing, from).target;
}

const std::map<std::string, std::string> organization{{"organization_id", "o"}};
const std::string dates = "start_date=2026-01-01T00%3A00%3A00Z&end_date=2026-01-31T23%3A59%3A59.999999Z";
const call_arguments january = with_dates("a", "2026-01-01T00:00:00Z", "2026-01-31T23:59:59.999999Z");

}  // namespace

TEST_CASE("each shipped profile's calls about an agent are made as its provider documents them") {
    struct row {
        std::string profile;
        kind operation;
        std::string method;
        std::string target;
    };
    call_arguments arguments = january;
    arguments.days = "90";
    const std::vector<row> rows = {
        {"hyperrep", kind::get, "GET", "/api/v2/organizations/o/agents/a"},
        {"hyperrep", kind::analytics, "GET", "/api/v2/organizations/o/agents/a/analytics?" + dates},
        {"hyperrep", kind::analytics_conversations, "GET",
         "/api/v2/organizations/o/agents/a/analytics/conversations?" + dates},
        {"hyperrep", kind::analytics_sales, "GET", "/api/v2/organizations/o/agents/a/analytics/sales?" + dates},
        {"heppu", kind::get, "GET", "/api/v1/agents/a"},
        {"converra", kind::get, "GET", "/api/v1/agents/a"},
        {"converra", kind::create, "POST", "/api/v1/agents"},
        {"converra", kind::update, "PATCH", "/api/v1/agents/a"},
        {"converra", kind::delete_, "DELETE", "/api/v1/agents/a"},
        {"converra", kind::status, "GET", "/api/v1/agents/a/status"},
        {"converra", kind::insights, "GET", "/api/v1/agents/a/insights?days=90"},
    };
    for (const row& row : rows) {
        CAPTURE(row.profile);
        CAPTURE(row.target);
        const provider provider =
            made(row.profile, row.profile == "hyperrep" ? organization : std::map<std::string, std::string>{});
        REQUIRE(provider.offers(row.operation));
        const request request = provider.call_request(row.operation, arguments);
        CHECK(request.operation == row.operation);
        CHECK(request.method == row.method);
        CHECK(request.target == row.target);
        CHECK(request.subject == "a");
        CHECK(request.body == "");
    }
    const provider hyperrep = made("hyperrep", organization);
    CHECK(target_of_page(hyperrep, kind::conversations, january) ==
          "/api/v2/organizations/o/agents/a/conversations?" + dates + "&limit=500");
    CHECK(target_of_page(hyperrep, kind::sales, about("a"), "t/1") ==
          "/api/v2/organizations/o/agents/a/sales?limit=500&cursor=t%2F1");
}

TEST_CASE("what a profile does not describe is not offered") {
    const provider agenthuman = made("agenthuman");
    for (std::size_t i = 0; i < operation_count; ++i) {
        const auto operation = static_cast<kind>(i);
        CHECK(agenthuman.offers(operation) == (operation == kind::list));
        CHECK(std::holds_alternative<std::monostate>(agenthuman.reading_of(operation)) != agenthuman.offers(operation));
    }
}

TEST_CASE("a value that is made of what the client did not say is left out, and a constant one is not") {
    const provider mine = made_with(everything());
    struct row {
        std::string start, end, conversations, sales;
    };
    const std::vector<row> rows = {
        {"", "", "", "agent=a&all=1&"},
        {"1", "", "from=1&", "agent=a&span=1..&all=1&"},
        {"", "2", "to=2&", "agent=a&span=..2&all=1&"},
        {"1", "2", "from=1&to=2&", "agent=a&span=1..2&all=1&"},
    };
    for (const row& row : rows) {
        CAPTURE(row.start);
        CAPTURE(row.end);
        const call_arguments arguments = with_dates("a", row.start, row.end);
        CHECK(target_of_page(mine, kind::conversations, arguments) ==
              "/agents/a/talks?" + row.conversations + "n=20&at=0");
        CHECK(target_of_page(mine, kind::sales, arguments) == "/sales?" + row.sales + "n=20&at=0");
    }
    CHECK(mine.call_request(kind::insights, about("a")).target == "/agents/a/insights");
}

TEST_CASE("what the client says is one value of the query, whatever is in it") {
    const provider mine = made_with(everything());
    const call_arguments odd = with_dates("a&all=2#\n", "1&to=3", "2 ü+%");
    CHECK(target_of_page(mine, kind::sales, odd) ==
          "/sales?agent=a%26all%3D2%23%0A&span=1%26to%3D3..2%20%C3%BC%2B%25&all=1&n=20&at=0");
}

TEST_CASE("a page of what belongs to an agent is asked for at its position, and says whose it is") {
    const provider mine = made_with(everything());
    const listing talks{kind::conversations, about("x/1"), {}};
    const request request = mine.page_request(talks, "40");
    CHECK(request.operation == kind::conversations);
    CHECK(request.method == "GET");
    CHECK(request.target == "/agents/x%2F1/talks?n=20&at=40");
    CHECK(request.asked == 20);
    CHECK(request.subject == "x/1");
    CHECK(mine.page_request({}, {}).subject == "");

    content page;
    page.page.received = 20;
    page.page.has_more = true;
    CHECK(mine.after("40", request, page, {}).position == "60");
    page.page.has_more = false;
    CHECK(mine.after("40", request, page, {}).is == advance_result::step::end);
}

TEST_CASE("a link leads on through what belongs to an agent, and filters are for the agents only") {
    const provider linked = made_with(everything({{"paging", "{style: link, size: {name: n, maximum: 20}}"},
                                                  {"filters", "{tags: {name: tag}}"},
                                                  {"agent", "{id: /id, tags: /tags}"}}));
    listing talks{kind::conversations, about("x"), {}};
    talks.filters.tags = {"vip"};
    CHECK(linked.page_request(talks, {}).target == "/agents/x/talks?n=20");
    const request further = linked.page_request(talks, "/agents/x/talks?page=2");
    CHECK(further.target == "/agents/x/talks?page=2");
    CHECK(further.subject == "x");
    CHECK(further.operation == kind::conversations);
}

TEST_CASE("a write is sent with the body that it is given, and the base URL's path before its own") {
    config::provider settings = tests::settings_of("mine");
    settings.base_url = "https://proxy.example/v7";
    const provider mine = made_with(everything(), settings);
    const request create = mine.call_request(kind::create, {}, R"({"name":"Ann"})");
    CHECK(create.method == "POST");
    CHECK(create.target == "/v7/agents?notify=no");
    CHECK(create.body == R"({"name":"Ann"})");
    CHECK(create.subject == "");
    const request update = mine.call_request(kind::update, about("x"), R"({"name":"Bo"})");
    CHECK(update.method == "PATCH");
    CHECK(update.target == "/v7/agents/x");
    CHECK(update.body == R"({"name":"Bo"})");
    CHECK(update.subject == "x");
    const request gone = mine.call_request(kind::delete_, about("x"));
    CHECK(gone.method == "DELETE");
    CHECK(gone.target == "/v7/agents/x");
    CHECK(gone.body == "");
}

TEST_CASE("a native id of any bytes stays one segment of every path, or is refused") {
    const provider mine = made_with(everything());
    const std::vector<kind> about_one = {kind::get,
                                         kind::update,
                                         kind::delete_,
                                         kind::status,
                                         kind::insights,
                                         kind::analytics,
                                         kind::analytics_conversations,
                                         kind::analytics_sales};
    for (int byte = 0; byte < 256; ++byte) {
        const char one = static_cast<char>(byte);
        for (const std::string& id : {std::string(1, one), std::string{'.', one}, std::string{one, '.', '.'},
                                      std::string{'.', '.', one}, std::string{'a', one, 'z'}}) {
            CAPTURE(byte);
            CAPTURE(id.size());
            if (!provider::can_address(id)) {
                CHECK((id == "." || id == ".."));
                continue;
            }
            std::vector<std::string> targets = {target_of_page(mine, kind::conversations, about(id))};
            for (const kind operation : about_one)
                targets.push_back(mine.call_request(operation, about(id)).target);
            for (const std::string& target : targets) {
                const auto parsed = boost::urls::parse_origin_form(target);
                REQUIRE(parsed);
                REQUIRE(parsed->segments().size() >= 2);
                CHECK(parsed->segments().front() == "agents");
                CHECK(*std::next(parsed->segments().begin()) == id);
                CHECK(parsed->segments().size() <= 4);
            }
        }
    }
}

TEST_CASE("an id that would name another path cannot be addressed") {
    for (const std::string_view id : {"", ".", ".."})
        CHECK_FALSE(provider::can_address(id));
    const provider heppu = made("heppu");
    const auto target = [&](const std::string& id) {
        REQUIRE(provider::can_address(id));
        return heppu.call_request(kind::get, about(id)).target;
    };
    CHECK(target("...") == "/api/v1/agents/...");
    CHECK(target("%2e%2e") == "/api/v1/agents/%252e%252e");
    CHECK(target("../x?y#z") == "/api/v1/agents/..%2Fx%3Fy%23z");
}

TEST_CASE("requests that are answered differently, or are about different agents, have different keys") {
    request one;
    one.target = "/a";
    one.subject = "x";
    const auto changed = [&](auto change) {
        request other = one;
        change(other);
        return other.key();
    };
    CHECK(changed([](request&) {}) == one.key());
    CHECK(changed([](request& other) { other.traceparent = "00-1"; }) == one.key());
    CHECK(changed([](request& other) { other.operation = kind::status; }) != one.key());
    CHECK(changed([](request& other) { other.method = "POST"; }) != one.key());
    CHECK(changed([](request& other) { other.target = "/b"; }) != one.key());
    CHECK(changed([](request& other) { other.body = "{}"; }) != one.key());
    CHECK(changed([](request& other) { other.subject = "y"; }) != one.key());
}

}  // namespace rollcall::adapters
