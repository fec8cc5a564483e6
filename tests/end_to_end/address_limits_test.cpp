// Those whom the gateway does not know, held to a limit by their address, behind trusted proxies and without.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/reloading.hpp"

#include <string>

namespace rollcall::testing {
namespace {

constexpr std::string_view limited_total = "rollcall_http_unauthenticated_limited_total";
constexpr std::string_view counted_addresses = "rollcall_access_addresses";

struct guarded {
    /// `server` is put into the section of that name.
    std::string text(const std::string& unauthenticated, const std::string& server = {}) const {
        std::string text =
            heppu_configuration({{"heppu", providers.url("heppu")}}, access_of({{"crm", {crm}}}, unauthenticated));
        return text.replace(text.find("threads: 2"), 10, "threads: 2" + server);
    }

    simulators providers{{"heppu:agents=3"}};
    client_key crm = new_key();
    client_key wrong = new_key();
};

unsigned from(const gateway& gateway, const std::string& address, const client_key& key) {
    return gateway.get("/providers", joined(key.header(), {{"X-Forwarded-For", address}})).status;
}

}  // namespace

TEST_CASE("wrong keys are refused for their number once there are too many, and a good one from there is not") {
    guarded setup;
    gateway gateway{setup.text("{requests: 3, per: 1h}")};
    // What nobody can read costs nothing.
    for (int i = 0; i < 5; ++i)
        CHECK(raw_exchange(gateway.public_port(), "GET / HTTP/1.1\r\n\r\n").bytes.starts_with("HTTP/1.1 400 "));
    CHECK(metric(gateway, counted_addresses) == 0);
    CHECK(problem_of(gateway.get("/agents", setup.wrong.header())) == "401 unauthorized");
    CHECK(problem_of(gateway.get("/agents")) == "401 unauthorized");
    CHECK(problem_of(
              gateway.get("/agents", joined(setup.wrong.header(), {{"Authorization", "Bearer " + setup.crm.key}}))) ==
          "400 malformed_request");
    for (int i = 0; i < 3; ++i) {
        const response refused = gateway.get("/agents", setup.wrong.header());
        CHECK(problem_of(refused) == "429 rate_limited");
        const auto wait = std::stoi(std::string{refused.header("retry-after")});
        CHECK(wait > 1000);
        CHECK(wait <= 1200);
        CHECK(object_in(refused).at("retry_after_s") == json::value(wait));
        CHECK_FALSE(refused.has("www-authenticate"));
        CHECK_FALSE(refused.has("ratelimit"));
        const response welcome = gateway.get("/agents", setup.crm.header());
        CHECK(welcome.status == 200);
        CHECK_FALSE(welcome.has("ratelimit"));
    }
    CHECK(gateway.get("/agents").status == 429);
    CHECK(soon(gateway, limited_total, 4));
    CHECK(metric(gateway, counted_addresses) == 1);
    CHECK(metric(gateway, R"(rollcall_http_unauthenticated_total{reason="unknown"})") == 4);

    REQUIRE(reload(gateway, setup.text("{requests: 3, per: 1h}") + "cache: {bytes: 64MiB}\n"));
    CHECK(gateway.get("/agents").status == 429);
    REQUIRE(reload(gateway, setup.text("{requests: 4, per: 1h}")));
    CHECK(gateway.get("/agents").status == 401);
}

TEST_CASE("behind a trusted proxy each address counts for itself, and the log names it") {
    guarded setup;
    gateway gateway{setup.text("{requests: 2, per: 1h}", ", trusted_proxies: [127.0.0.1, 10.0.0.0/8]")};
    CHECK(from(gateway, "198.51.100.7", setup.wrong) == 401);
    CHECK(from(gateway, "6.6.6.6, 198.51.100.7, 10.1.1.1", setup.wrong) == 401);
    CHECK(from(gateway, "198.51.100.7:4711", setup.wrong) == 429);
    CHECK(from(gateway, "198.51.100.8", setup.wrong) == 401);
    CHECK(from(gateway, "2001:db8:0:1::1", setup.wrong) == 401);
    CHECK(from(gateway, "2001:db8:0:1::2", setup.wrong) == 401);
    CHECK(from(gateway, "2001:db8:0:1::3", setup.wrong) == 429);
    CHECK(from(gateway, "198.51.100.7", setup.crm) == 200);
    const header_list rfc{{"Forwarded", "for=\"[2001:db8:0:1::9]:80\";proto=https"}};
    CHECK(gateway.get("/providers", rfc).status == 429);
    CHECK(metric(gateway, counted_addresses) == 3);
    CHECK(gateway.get("/providers").status == 401);
    REQUIRE(gateway.stop() == 0);
    for (const std::string address : {"198.51.100.7", "198.51.100.8", "2001:db8:0:1::3", "127.0.0.1"})
        CHECK(contains(gateway.log(), "\"client_address\":\"" + address + '"'));
    CHECK_FALSE(contains(gateway.log(), "6.6.6.6"));
}

TEST_CASE("who is no trusted proxy cannot choose an address, until a reload trusts it") {
    guarded setup;
    gateway gateway{setup.text("{requests: 2, per: 1h}", ", trusted_proxies: [10.0.0.0/8]")};
    CHECK(from(gateway, "198.51.100.1", setup.wrong) == 401);
    CHECK(from(gateway, "198.51.100.2", setup.wrong) == 401);
    CHECK(from(gateway, "198.51.100.3", setup.wrong) == 429);
    CHECK(metric(gateway, counted_addresses) == 1);
    REQUIRE(reload(gateway, setup.text("{requests: 2, per: 1h}", ", trusted_proxies: [127.0.0.0/8]")));
    CHECK(from(gateway, "198.51.100.3", setup.wrong) == 401);
}

TEST_CASE("open access is limited by address where that is stated, and nowhere else") {
    guarded setup;
    const auto open = [&](std::string_view access) {
        return heppu_configuration({{"heppu", setup.providers.url("heppu")}}, access);
    };
    gateway gateway{open("access: {open: true, unauthenticated: {requests: 3, per: 1h, burst: 2}}\n")};
    const response first = gateway.get("/agents");
    CHECK(first.status == 200);
    CHECK(first.header("ratelimit-policy") == R"("address";q=2;w=2400)");
    CHECK(first.header("ratelimit").starts_with(R"("address";r=1;t=)"));
    CHECK(gateway.get("/agents", setup.crm.header()).status == 200);
    setup.providers.forget_requests("heppu");
    const response refused = gateway.get("/agents");
    CHECK(problem_of(refused) == "429 rate_limited");
    CHECK(refused.header("ratelimit") == "\"address\";r=0;t=" + std::string{refused.header("retry-after")});
    CHECK(setup.providers.request_count("heppu") == 0);
    const auto unread =
        raw_exchange(gateway.public_port(), "POST /agents HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    CHECK(unread.bytes.starts_with("HTTP/1.1 429 "));
    CHECK(contains(unread.bytes, "\r\nConnection: close\r\n"));
    CHECK(soon(gateway, limited_total, 2));

    REQUIRE(reload(gateway, open("access: open\n")));
    for (int i = 0; i < 150; ++i) {
        const response answer = gateway.get("/openapi.json");
        CHECK(answer.status == 200);
        CHECK_FALSE(answer.has("ratelimit"));
    }
    CHECK(metric(gateway, counted_addresses) == -1);
}

}  // namespace rollcall::testing
