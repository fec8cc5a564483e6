// What a request beyond a limit is answered, what one within it is told, and what is counted.
#include "gateway/limits/request_limits.hpp"

#include "gateway/access/client.hpp"
#include "gateway/access/open_gate.hpp"
#include "gateway/http/answer_head.hpp"
#include "gateway/limits/client_limiter.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

const steady_clock::time_point noon{1'000'000s};

client limited(std::optional<config::request_rate> rate, std::optional<std::uint32_t> concurrent) {
    client made;
    made.name = "crm";
    made.limiter = std::make_shared<client_limiter>(config::client_limits{rate, concurrent});
    return made;
}

request request_of(const client* client, steady_clock::time_point at = noon) {
    request made;
    made.client = client;
    made.arrived = at;
    made.id = "r";
    made.address = boost::asio::ip::make_address("192.0.2.1");
    return made;
}

bool has(const response& response, std::string_view line) {
    std::string head;
    write_answer_head(head, response, "r", "now", connection_option::unsaid);
    return head.find("\r\n" + std::string{line} + "\r\n") != std::string::npos;
}

struct by_address {
    explicit by_address(const config::unauthenticated_limits& settings)
        : limits(std::make_shared<address_table>(settings, 1), [this] { ++counted; }) {}

    int counted = 0;
    address_limits limits;
};

}  // namespace

TEST_CASE("a client without limits is told of none") {
    client free;
    request request = request_of(&free);
    response response;
    CHECK(admit_within_limits(request, response));
    CHECK(is_within_limits(free, noon));
    CHECK_FALSE(request.turn);
    std::string head;
    write_answer_head(head, response, "r", "now", connection_option::unsaid);
    CHECK(head.find("RateLimit") == std::string::npos);
}

TEST_CASE("every answer says what is left, and the one too many says when to come back") {
    const client crm = limited(config::request_rate{2, 60s, 2}, {});
    response first;
    request request = request_of(&crm);
    REQUIRE(admit_within_limits(request, first));
    CHECK(has(first, R"(RateLimit-Policy: "client";q=2;w=60)"));
    CHECK(has(first, R"(RateLimit: "client";r=1;t=30)"));
    CHECK_FALSE(has(first, "Retry-After: 30"));
    response second;
    REQUIRE(admit_within_limits(request, second));
    CHECK(has(second, R"(RateLimit: "client";r=0;t=30)"));

    CHECK_FALSE(is_within_limits(crm, noon + 29s));
    request = request_of(&crm, noon + 1500ms);
    response refused;
    CHECK_FALSE(admit_within_limits(request, refused));
    CHECK(refused.status == 429);
    CHECK(refused.content_type == "application/problem+json");
    // 28.5 s, and nobody should come too early.
    CHECK(has(refused, "Retry-After: 29"));
    CHECK(has(refused, R"(RateLimit-Policy: "client";q=2;w=60)"));
    CHECK(has(refused, R"(RateLimit: "client";r=0;t=29)"));
    const json::value body = json::parse(refused.body);
    CHECK(body.at("code") == "rate_limited");
    CHECK(body.at("retry_after_s") == 29);
    CHECK(body.at("detail") == "the client has made more requests than its limit of 2 in 1m, or 2 at once");
    CHECK(body.at("request_id") == "r");

    CHECK(is_within_limits(crm, noon + 30s));
    request = request_of(&crm, noon + 30s);
    response again;
    CHECK(admit_within_limits(request, again));
}

TEST_CASE("a client has no more requests at once than it may, and a request holds its turn as long as it lives") {
    const client crm = limited({}, 1);
    response response;
    {
        request held = request_of(&crm);
        REQUIRE(admit_within_limits(held, response));
        CHECK(held.turn);
        CHECK_FALSE(is_within_limits(crm, noon));
        request other = request_of(&crm);
        CHECK_FALSE(admit_within_limits(other, response));
        CHECK_FALSE(other.turn);
        CHECK(response.status == 429);
        CHECK(has(response, "Retry-After: 1"));
        const json::value body = json::parse(response.body);
        CHECK(body.at("detail") ==
              "1 requests of the client are being answered, which is as many as it may have at once");
        CHECK(response.rate_limit.policy.empty());
    }
    CHECK(is_within_limits(crm, noon));
}

TEST_CASE("who is told to come back for its other requests is told no other time by RateLimit") {
    const client crm = limited(config::request_rate{5, 60s, 5}, 1);
    response response;
    request held = request_of(&crm);
    REQUIRE(admit_within_limits(held, response));
    CHECK(has(response, R"(RateLimit: "client";r=4;t=12)"));
    request other = request_of(&crm);
    CHECK_FALSE(admit_within_limits(other, response));
    CHECK(has(response, "Retry-After: 1"));
    CHECK(has(response, R"(RateLimit: "client";r=4;t=1)"));
}

TEST_CASE("requests of nobody take from their address, and beyond that are told no more than when to come back") {
    by_address at{{{1, 10s, 2}, 100}};
    request request = request_of(nullptr);
    response response;
    CHECK(at.limits.admit_unknown(request, response));
    CHECK(at.limits.admit_unknown(request, response));
    CHECK(at.counted == 0);
    CHECK_FALSE(at.limits.admit_unknown(request, response));
    CHECK(at.counted == 1);
    CHECK(response.status == 429);
    CHECK(has(response, "Retry-After: 10"));
    CHECK(json::parse(response.body).at("code") == "rate_limited");
    CHECK(json::parse(response.body).at("retry_after_s") == 10);
    CHECK(response.rate_limit.policy.empty());
    CHECK(response.headers.find("WWW-Authenticate") == std::string::npos);
    request.address = boost::asio::ip::make_address("192.0.2.2");
    CHECK(at.limits.admit_unknown(request, response));

    const address_limits unlimited{nullptr, [] {}};
    CHECK(unlimited.admit_unknown(request, response));
    CHECK(unlimited.admit_anybody(request, response));
    CHECK(unlimited.has_room(request));
}

TEST_CASE("where access is open every request takes from its address, and its answer says what is left") {
    by_address at{{{1, 10s, 2}, 100}};
    const open_gate gate{at.limits};
    request request = request_of(nullptr);
    response response;
    CHECK(gate.would_admit(request));
    CHECK(gate.admit(request, response));
    CHECK(has(response, R"(RateLimit-Policy: "address";q=2;w=20)"));
    CHECK(has(response, R"(RateLimit: "address";r=1;t=10)"));
    CHECK(gate.admit(request, response));
    CHECK_FALSE(gate.would_admit(request));
    CHECK_FALSE(gate.admit(request, response));
    CHECK(response.status == 429);
    CHECK(has(response, "Retry-After: 10"));
    CHECK(has(response, R"(RateLimit: "address";r=0;t=10)"));
    request.arrived = noon + 10s;
    CHECK(gate.would_admit(request));
}

}  // namespace rollcall::gateway
