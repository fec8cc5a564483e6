// The parts without sockets: routing, problems, header lines, and chunked bodies cut anywhere.
#include "gateway/http/answer_head.hpp"
#include "gateway/http/chunked_decoder.hpp"
#include "gateway/http/head_check.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/http/router.hpp"

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway::testing {
namespace {

awaitable<void> do_nothing(const request&, response&) {
    co_return;
}

router make_router() {
    return router({{"/agents", {{method::get, do_nothing}, {method::post, do_nothing}}},
                   {"/agents/{id}", {{method::get, do_nothing}, {method::delete_, do_nothing}}},
                   {"/agents/{id}/analytics", {{method::get, do_nothing}}},
                   {"/agents/{id}/analytics/sales", {{method::get, do_nothing}}}});
}

std::string route_of(const router& router, std::string_view path) {
    const match found = router.find(method::get, path);
    return found.found == nullptr ? "none" : found.found->path;
}

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int at = 0; at < times; ++at)
        all += text;
    return all;
}

}  // namespace

TEST_CASE("a path finds its route by whole segments") {
    const router router = make_router();
    CHECK(route_of(router, "/agents") == "/agents");
    CHECK(route_of(router, "/agents/heppu:1") == "/agents/{id}");
    CHECK(route_of(router, "/agents/heppu:1/analytics") == "/agents/{id}/analytics");
    CHECK(route_of(router, "/agents/heppu:1/analytics/sales") == "/agents/{id}/analytics/sales");
    CHECK(route_of(router, "/agents/analytics") == "/agents/{id}");
    for (const std::string_view path : {"/", "/agents/", "/agents//analytics", "/agents/a/b", "/agents/a/analytics/",
                                        "/Agents", "/agentsx", "//agents"}) {
        CAPTURE(path);
        CHECK(route_of(router, path) == "none");
    }
}

TEST_CASE("an id is decoded, and a slash in it must be encoded") {
    const router router = make_router();
    CHECK(router.find(method::get, "/agents/heppu:a%2Fb%20c%C3%A4").record == "heppu:a/b c\xc3\xa4");
    CHECK(router.find(method::get, "/agents/a+b").record == "a+b");
    for (const std::string_view path : {"/agents/%", "/agents/%4", "/agents/%zz", "/elsewhere/%"}) {
        CAPTURE(path);
        CHECK(router.find(method::get, path).malformed);
    }
}

TEST_CASE("HEAD goes to GET's handler, and what is not offered has no handler") {
    const router router = make_router();
    CHECK(router.find(method::head, "/agents").handler == router.find(method::get, "/agents").handler);
    CHECK(router.find(method::get, "/agents").handler != nullptr);
    CHECK(router.find(method::patch, "/agents").handler == nullptr);
    CHECK(router.find(method::options, "/agents").handler == nullptr);
    CHECK(router::allow(router.routes()[1]) == "GET, HEAD, DELETE");
}

TEST_CASE("a problem tells everything that is known") {
    failure failed{.kind = fault::rate_limited, .detail = "Its quota is spent."};
    failed.upstream = {429, "slow_down", repeated("\xc3\xa4", 300)};
    failed.retry_after = std::chrono::seconds(7);
    problem told = problem_of(failed, "heppu");
    told.errors.push_back({problem_item::place::parameter, "limit", "too \"large\""});
    told.errors.push_back({problem_item::place::field, "name", "missing"});
    told.extensions = "\"offers\":[\"list\"]";
    response response;
    response.add_header("X-Old", "gone");
    write_problem(response, told, "id-1");
    CHECK(response.status == 503);
    CHECK(response.content_type == "application/problem+json");
    CHECK(response.headers == "Retry-After: 7\r\n");

    const auto json = boost::json::parse(response.body).as_object();
    CHECK(json.at("type") == "/problems/upstream-rate-limited");
    CHECK(json.at("title").as_string().size() > 0);
    CHECK(json.at("status") == 503);
    CHECK(json.at("detail") == "Its quota is spent.");
    CHECK(json.at("code") == "upstream_rate_limited");
    CHECK(json.at("request_id") == "id-1");
    CHECK(json.at("provider") == "heppu");
    CHECK(json.at("upstream").at("status") == 429);
    CHECK(json.at("upstream").at("code") == "slow_down");
    CHECK(json.at("upstream").at("message").as_string() == repeated("\xc3\xa4", 256));
    CHECK(json.at("errors").at(0).at("parameter") == "limit");
    CHECK(json.at("errors").at(0).at("detail") == "too \"large\"");
    CHECK(json.at("errors").at(1).at("field") == "name");
    CHECK(json.at("offers").at(0) == "list");
}

TEST_CASE("a problem leaves out what is not known") {
    response response;
    write_problem(response, {.code = problem_code::not_found, .detail = "No."}, "id-1");
    const auto json = boost::json::parse(response.body).as_object();
    CHECK(json.size() == 6);
    CHECK(response.headers.empty());
}

TEST_CASE("a lack of places on our side says when to come back") {
    response response;
    write_problem(response, problem_of({.kind = fault::overloaded, .detail = "All are busy."}, "heppu"), "id-1");
    CHECK(response.status == 503);
    CHECK(response.headers == "Retry-After: 1\r\n");
    write_problem(response, problem_of({.kind = fault::unreachable, .detail = "Gone."}, "heppu"), "id-1");
    CHECK(response.headers.empty());
}

TEST_CASE("every fault has a code whose status says whose fault it is") {
    const auto status_of = [](fault fault) { return kind_of(code_of(fault)).status; };
    CHECK(status_of(fault::timeout) == 504);
    CHECK(status_of(fault::unreachable) == 502);
    CHECK(status_of(fault::rate_limited) == 503);
    CHECK(status_of(fault::auth_failed) == 502);
    CHECK(status_of(fault::circuit_open) == 503);
    CHECK(status_of(fault::invalid_response) == 502);
    CHECK(status_of(fault::error) == 502);
    CHECK(status_of(fault::not_found) == 404);
    CHECK(status_of(fault::rejected) == 400);
    CHECK(status_of(fault::overloaded) == 503);
}

TEST_CASE("the status of every problem is sent with its phrase") {
    for (auto code = 0; code <= static_cast<int>(problem_code::upstream_timeout); ++code) {
        response response;
        response.status = kind_of(static_cast<problem_code>(code)).status;
        std::string head;
        write_answer_head(head, response, "id", "today", connection_option::unsaid);
        INFO(head);
        CHECK(head.find(" \r\n") > head.find("\r\n"));
    }
}

TEST_CASE("a header's value cannot begin a new line") {
    response response;
    response.add_header("Location",
                        "/a\r\nSet-Cookie: b\0"
                        "c");
    CHECK(response.headers == "Location: /aSet-Cookie: b\r\n");
}

TEST_CASE("Date is in English and changes with the second") {
    date_field date;
    CHECK(date.at(system_clock::time_point(std::chrono::seconds(784'111'777))) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(date.at(system_clock::time_point(std::chrono::seconds(784'111'778))) == "Sun, 06 Nov 1994 08:49:38 GMT");
}

TEST_CASE("a chunked body reads the same wherever it is cut") {
    const std::string input =
        "5;a;b=c;d=\"e\\\"f\"\r\nhello\r\n00a\r\n, world!!!\r\n0;z\r\nX-Trailer: \ty\r\nA:\r\n\r\nrest";
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        CAPTURE(cut);
        chunked_decoder decoder(100, 100);
        std::string body;
        std::size_t first = 0;
        std::size_t second = 0;
        auto verdict = decoder.feed(std::string_view(input).substr(0, cut), body, first);
        if (verdict == chunked_decoder::verdict::more) {
            verdict = decoder.feed(std::string_view(input).substr(cut), body, second);
        }
        CHECK(verdict == chunked_decoder::verdict::complete);
        CHECK(body == "hello, world!!!");
        CHECK(first + second == input.size() - 4);
    }
}

TEST_CASE("chunks that exceed the limit only together are refused") {
    chunked_decoder decoder(8, 100);
    std::string body;
    std::size_t consumed = 0;
    CHECK(decoder.feed("5\r\nhello\r\n4\r\n", body, consumed) == chunked_decoder::verdict::failed);
    CHECK(decoder.fault().code == problem_code::payload_too_large);
}

TEST_CASE("a head tells its parts") {
    const config::limits limits;
    request_head head;
    const std::string block =
        "PATCH /agents/a%20b?x=1&y=?2 HTTP/1.1\r\nhost: a:80\r\nX-A: \t b c \t\r\nX-Empty:\r\nContent-Length: 12\r\n"
        "Expect: 100-continue\r\nConnection: x, Close\r\n\r\n";
    REQUIRE_FALSE(read_head(block, limits, head));
    CHECK(head.method == method::patch);
    CHECK(head.path == "/agents/a%20b");
    CHECK(head.query == "x=1&y=?2");
    REQUIRE(head.fields.size() == 6);
    CHECK(head.fields[1].name == "X-A");
    CHECK(head.fields[1].value == "b c");
    CHECK(head.fields[2].value == "");
    CHECK(head.framing == body_framing::length);
    CHECK(head.content_length == 12);
    CHECK(head.expects_continue);
    CHECK_FALSE(head.keep_alive);
}

TEST_CASE("any bytes at all are either a head or a fault") {
    const config::limits limits;
    request_head head;
    const std::string block = "GET /agents HTTP/1.1\r\nHost: a\r\nX: y\r\n\r\n";
    for (std::size_t at = 0; at < block.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = block;
            changed[at] = static_cast<char>(byte);
            const auto fault = read_head(changed, limits, head);
            if (fault) continue;
            for (const header_field& field : head.fields) {
                CHECK(field.value.find_first_of("\r\n") == std::string_view::npos);
                CHECK_FALSE(field.name.empty());
            }
            CHECK(head.path.starts_with('/'));
        }
        const auto cut = read_head(std::string_view(block).substr(0, at), limits, head);
        CHECK(cut);
    }
}

}  // namespace rollcall::gateway::testing
