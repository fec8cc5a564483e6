// What browsers of other origins are told, for each kind of request.
#include "gateway/http/cross_origin.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace rollcall::gateway {
namespace {

const std::string ours = "https://console.example";

cross_origin one_origin() {
    config::cors settings;
    settings.origins = {ours};
    return cross_origin{settings};
}

struct asked {
    std::vector<header_field> fields;
    gateway::request request;
    gateway::response response;

    asked(method method, std::vector<header_field> with) : fields(std::move(with)) {
        request.method = method;
        request.headers = fields;
    }
};

const header_field wants_patch{"access-control-request-method", "PATCH"};

}  // namespace

TEST_CASE("a preflight of a configured origin is answered with what a page may send") {
    asked preflight{method::options, {{"ORIGIN", ours}, wants_patch}};
    REQUIRE(one_origin().answer_preflight(preflight.request, preflight.response));
    CHECK(preflight.response.status == 204);
    CHECK(preflight.response.headers ==
          "Access-Control-Allow-Methods: GET, HEAD, POST, PATCH, DELETE\r\n"
          "Access-Control-Allow-Headers: Authorization, Cache-Control, Content-Type, Idempotency-Key, traceparent, "
          "X-Api-Key, X-Request-Id, X-Request-Timeout-Ms\r\n"
          "Access-Control-Max-Age: 600\r\n");
}

TEST_CASE("what is no preflight of a configured origin goes on as any other request") {
    const std::vector<std::pair<method, std::vector<header_field>>> others = {
        {method::options, {{"Origin", ours}}},
        {method::options, {wants_patch}},
        {method::get, {{"Origin", ours}, wants_patch}},
        {method::options, {{"Origin", "https://console.example.evil"}, wants_patch}},
        {method::options, {{"Origin", "https://CONSOLE.example"}, wants_patch}},
        {method::options, {{"Origin", "http://console.example"}, wants_patch}},
        {method::options, {{"Origin", "https://console.example:444"}, wants_patch}},
        {method::options, {{"Origin", "null"}, wants_patch}},
        {method::options, {{"Origin", ""}, wants_patch}},
    };
    for (const auto& [method, fields] : others) {
        asked other{method, fields};
        CAPTURE(fields[0].value);
        CHECK_FALSE(one_origin().answer_preflight(other.request, other.response));
        CHECK(other.response.headers.empty());
        CHECK(other.response.status == 200);
    }
}

TEST_CASE("an answer names the configured origin that asked, and no other") {
    asked known{method::get, {{"Origin", ours}}};
    one_origin().mark(known.request, known.response);
    CHECK(known.response.headers.starts_with("Vary: Origin\r\nAccess-Control-Allow-Origin: " + ours +
                                             "\r\n"
                                             "Access-Control-Expose-Headers: "));

    for (const std::string_view origin : {"https://evil.example", "null", ""}) {
        asked unknown{method::get, {{"Origin", origin}}};
        one_origin().mark(unknown.request, unknown.response);
        CHECK(unknown.response.headers == "Vary: Origin\r\n");
    }
    asked none{method::get, {}};
    one_origin().mark(none.request, none.response);
    CHECK(none.response.headers == "Vary: Origin\r\n");
}

}  // namespace rollcall::gateway
