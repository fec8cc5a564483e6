// What a browser does for a page of another origin, over HTTP: it asks beforehand, without a credential, and then lets
// the page read the answer or keeps it from it.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/reloading.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace rollcall::testing {
namespace {

const std::string console = "https://console.example";
const std::string console_only = "cors: {origins: [\"https://console.example\"]}, ";

/// A gateway whose one client may do everything.
struct browsed_deployment {
    std::string text(const std::string& cors) const {
        std::string text = configuration(providers, {{"converra", {}, "    cache: {ttl: 0s}\n"}},
                                         access_of({{"console", {key}, ", allow: [read, write]"}}));
        return text.replace(text.find("threads: 2"), 0, cors);
    }

    simulators providers{{"converra:agents=12"}};
    client_key key = new_key();
    testing::gateway gateway{text(console_only)};
};

header_list asks_to(const std::string& method, const std::string& origin = console) {
    return {{"Origin", origin},
            {"Access-Control-Request-Method", method},
            {"Access-Control-Request-Headers", "content-type,x-api-key"}};
}

bool lets_read(const response& answer, const std::string& origin = console) {
    CHECK(answer.count("Access-Control-Allow-Origin") <= 1);
    CHECK_FALSE(answer.has("Access-Control-Allow-Credentials"));
    return answer.header("Access-Control-Allow-Origin") == origin;
}

bool says_nothing_of_origins(const response& answer) {
    return std::ranges::none_of(answer.headers, [](const auto& header) {
        return header.first.starts_with("Access-Control-") || header.first == "Vary";
    });
}

}  // namespace

TEST_CASE("a page of a configured origin reads, changes and pages through agents with its key") {
    browsed_deployment setup;
    connection browser{setup.gateway.public_port()};
    for (const std::string method : {"GET", "PATCH", "POST", "DELETE"}) {
        CAPTURE(method);
        const response allowed = browser.request("OPTIONS", "/agents", asks_to(method));
        CHECK(allowed.status == 204);
        CHECK(allowed.body.empty());
        CHECK(lets_read(allowed));
        CHECK(allowed.header("Access-Control-Allow-Methods").find(method) != std::string::npos);
        CHECK(allowed.header("Access-Control-Allow-Headers").find("X-Api-Key") != std::string::npos);
        CHECK(allowed.header("Access-Control-Max-Age") == "600");
        CHECK(allowed.header("Vary") == "Origin");
    }
    const header_list as_page = joined(setup.key.header(), {{"Origin", console}});
    const response page = browser.get("/agents?limit=5", as_page);
    CHECK(page.status == 200);
    CHECK(lets_read(page));
    CHECK(page.header("Access-Control-Expose-Headers").find("X-Rollcall-Complete") != std::string::npos);
    const auto agents = boost::json::parse(page.body).at("data").as_array();
    REQUIRE(agents.size() == 5);
    const std::string id{std::string_view{agents[0].at("id").as_string()}};
    const response changed = browser.request(
        "PATCH", "/agents/" + id, joined(as_page, {{"Content-Type", "application/json"}}), R"({"name":"renamed"})");
    CHECK(changed.status == 200);
    CHECK(lets_read(changed));
}

TEST_CASE("a page learns why it was refused") {
    const browsed_deployment setup;
    const header_list from_console{{"Origin", console}};
    const auto told = [&](std::string_view method, std::string_view target, const header_list& headers) {
        const response answer = setup.gateway.request(method, target, joined(from_console, headers));
        CHECK(lets_read(answer));
        return problem_of(answer);
    };
    CHECK(told("GET", "/agents", {}) == "401 unauthorized");
    CHECK(told("GET", "/agents?limit=0", setup.key.header()) == "400 invalid_parameter");
    CHECK(told("GET", "/nothing", setup.key.header()) == "404 not_found");
    CHECK(told("PUT", "/agents", setup.key.header()) == "405 method_not_allowed");
    CHECK(told("GET", "/agents", {{"Content-Length", "x"}}) == "400 malformed_request");
}

TEST_CASE("a page of another origin is told nothing, and learns no path by asking beforehand") {
    const browsed_deployment setup;
    const auto ask = [&](std::string_view target, const std::string& origin) {
        return setup.gateway.request("OPTIONS", target, asks_to("GET", origin));
    };
    const response refused = ask("/agents", "https://evil.example");
    CHECK(problem_of(refused) == "401 unauthorized");
    CHECK_FALSE(refused.has("Access-Control-Allow-Origin"));
    CHECK(refused.header("Vary") == "Origin");
    const response read =
        setup.gateway.get("/agents", joined(setup.key.header(), {{"Origin", "https://evil.example"}}));
    CHECK(read.status == 200);
    CHECK_FALSE(read.has("Access-Control-Allow-Origin"));

    const auto headers_of = [](response answer) {
        std::erase_if(answer.headers,
                      [](const auto& header) { return header.first == "Date" || header.first == "X-Request-Id"; });
        return answer.headers;
    };
    CHECK(headers_of(ask("/agents", console)) == headers_of(ask("/no/such/path", console)));
}

TEST_CASE("a preflight costs no place among the requests and reaches no provider, and its connection lives on") {
    const browsed_deployment setup;
    connection browser{setup.gateway.public_port()};
    for (int i = 0; i < 100; ++i) {
        REQUIRE(browser.request("OPTIONS", "/agents", asks_to("GET")).status == 204);
        REQUIRE(browser.is_open());
    }
    CHECK(metric(setup.gateway, R"(rollcall_http_unauthenticated_total{reason="missing"})") <= 0);
    CHECK(metric(setup.gateway,
                 R"(rollcall_upstream_requests_total{provider="converra",operation="list",outcome="ok"})") <= 0);
}

TEST_CASE("origins come and go with reloads, and without them no answer speaks of them") {
    browsed_deployment setup;
    connection browser{setup.gateway.public_port()};
    const auto read = [&] { return browser.get("/agents", joined(setup.key.header(), {{"Origin", console}})); };
    CHECK(lets_read(read()));
    REQUIRE(reload(setup.gateway, setup.text("")));
    CHECK(says_nothing_of_origins(read()));
    CHECK(problem_of(browser.request("OPTIONS", "/agents", asks_to("GET"))) == "401 unauthorized");
    REQUIRE(reload(setup.gateway, setup.text("cors: {origins: [\"http://localhost:3000\"], max_age: 0s}, ")));
    CHECK_FALSE(lets_read(read()));
    const response asked = browser.request("OPTIONS", "/agents", asks_to("GET", "http://localhost:3000"));
    CHECK(lets_read(asked, "http://localhost:3000"));
    CHECK(asked.header("Access-Control-Max-Age") == "0");
}

}  // namespace rollcall::testing
