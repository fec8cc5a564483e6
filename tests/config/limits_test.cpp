// Limits of clients and addresses, and trusted proxies: what is read, and what is refused where.
#include "config/network.hpp"
#include "tests/config/faults.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

const std::string hash = "rc_abcdefgh27:" + std::string(64, 'a');
const std::string other_hash = "rc_zzzzzzzzzz:" + std::string(64, 'b');

/// `access` with two clients, of which the first has `more`; `before` stands before them.
std::string with(const std::string& more, const std::string& before = {}) {
    return "providers: [{name: heppu, profile: heppu}]\naccess: {" + before + "clients: [{name: crm, keys: [\"" + hash +
           "\"]" + more + "}, {name: reports, keys: [\"" + other_hash + "\"]}]}";
}

std::string open(const std::string& rest) {
    return "providers: [{name: heppu, profile: heppu}]\naccess: " + rest;
}

/// The faults without their places.
std::string whats_of(const std::string& text) {
    std::string whats;
    for (const fault& fault : load_text(text).faults)
        whats += (whats.empty() ? "" : "\n") + fault.path + ": " + fault.what;
    return whats;
}

struct access access_in(const std::string& text) {
    auto [read, faults] = load_text(text);
    CHECK(lines(faults) == "");
    return read.access;
}

}  // namespace

TEST_CASE("without limits a client has none, and addresses those of the house") {
    const auto access = access_in(with(""));
    CHECK_FALSE(access.clients.at(0).limits);
    REQUIRE(access.unauthenticated);
    CHECK(access.unauthenticated->rate == request_rate{20, 1s, 100});
    CHECK(access.unauthenticated->addresses == 10'000);
    CHECK_FALSE(access_in(open("open")).unauthenticated);
    CHECK_FALSE(access_in("providers: [{name: heppu, profile: heppu}]").unauthenticated);
}

TEST_CASE("a client has the limits of all, or its own in their place") {
    const std::string all = "limits: {requests: 100, per: 1m, burst: 200, concurrent: 20}, ";
    const client_limits common{request_rate{100, 60s, 200}, 20};
    CHECK(access_in(with("", all)).clients.at(0).limits == common);
    CHECK(access_in(with("", all)).clients.at(1).limits == common);
    const auto access = access_in(with(", limits: {concurrent: 3}", all));
    CHECK(access.clients.at(0).limits == client_limits{std::nullopt, 3});
    CHECK(access.clients.at(1).limits == common);
    CHECK_FALSE(access_in(with(", limits: {requests: 5}")).clients.at(1).limits);
}

TEST_CASE("what is not said of a rate follows from its requests") {
    const auto rate = [](const std::string& limits) {
        return access_in(with(", limits: {" + limits + "}")).clients.at(0).limits->rate;
    };
    CHECK(rate("requests: 5") == request_rate{5, 1s, 5});
    CHECK(rate("requests: 5, per: 1h") == request_rate{5, 3600s, 5});
    CHECK(rate("requests: 5, burst: 1") == request_rate{5, 1s, 1});
    CHECK(rate("requests: 1000000, per: 24h, burst: 1000000") == request_rate{1'000'000, 86'400s, 1'000'000});
    CHECK_FALSE(rate("concurrent: 1"));
    const auto unauthenticated = [](const std::string& limits) {
        return *access_in(with("", "unauthenticated: {" + limits + "}, ")).unauthenticated;
    };
    CHECK(unauthenticated("requests: 5") == unauthenticated_limits{{5, 1s, 5}, 10'000});
    CHECK(unauthenticated("per: 1m, addresses: 100") == unauthenticated_limits{{20, 60s, 100}, 100});
    CHECK(unauthenticated("burst: 7") == unauthenticated_limits{{20, 1s, 7}, 10'000});
}

TEST_CASE("open access is limited by address where that is stated") {
    CHECK_FALSE(access_in(open("{open: true}")).unauthenticated);
    const auto access = access_in(open("{open: true, unauthenticated: {}}"));
    CHECK(access.stated);
    CHECK(access.clients.empty());
    CHECK(access.unauthenticated == unauthenticated_limits{});
    CHECK(access_in(open("{open: true, unauthenticated: {requests: 7}}")).unauthenticated->rate ==
          request_rate{7, 1s, 7});
    CHECK(faults_of(open("{open: false}")) ==
          "c.yaml:2:16: access.open: must be true, or be left out where there are clients");
    CHECK(whats_of(open("{open: true, clients: [], limits: {requests: 1}}")) ==
          "access.clients: has no meaning where access is open\naccess.limits: has no meaning where access is open");
}

TEST_CASE("limits that make no sense are refused where they stand") {
    CHECK(faults_of(with(", limits: {requests: 0}")) ==
          "c.yaml:2:141: access.clients[0].limits.requests: must be between 1 and 1000000, found \"0\"");
    const auto of_client = [](const std::string& limits) { return whats_of(with(", limits: " + limits)); };
    const std::string path = "access.clients[0].limits";
    CHECK(of_client("{}") == path + ": must hold requests, concurrent or both");
    CHECK(of_client("{per: 1s}") == path + ".per: needs requests beside it");
    CHECK(of_client("{burst: 7, concurrent: 1}") == path + ".burst: needs requests beside it");
    CHECK(of_client("{request: 7}") == path + ".request: unknown key; did you mean requests?");
    CHECK(of_client("5") == path + ": expected a map, found a text");
    CHECK(of_client("{requests: 5, per: 500ms}").starts_with(path + ".per: "));
    CHECK(of_client("{requests: 5, per: 25h}").starts_with(path + ".per: "));
    CHECK(of_client("{requests: 1000001}").starts_with(path + ".requests: "));
    CHECK(of_client("{requests: 5, burst: 0}").starts_with(path + ".burst: "));
    CHECK(of_client("{concurrent: 0}").starts_with(path + ".concurrent: "));
    CHECK(of_client("{concurrent: 100001}").starts_with(path + ".concurrent: "));
    CHECK(of_client("{requests: 1, per: 24h, burst: 365}") == "");
    CHECK(of_client("{requests: 1, per: 24h, burst: 366}") ==
          path + ".burst: would take more than 365 days to come back");
    CHECK(whats_of(with("", "limits: {}, ")) == "access.limits: must hold requests, concurrent or both");
    CHECK(whats_of(with("", "unauthenticated: {addresses: 99}, ")).starts_with("access.unauthenticated.addresses: "));
    CHECK(whats_of(with("", "unauthenticated: {concurrent: 9}, ")) ==
          "access.unauthenticated.concurrent: unknown key; known: requests, per, burst, addresses");
}

TEST_CASE("trusted proxies are networks and addresses") {
    const auto proxies = [](const std::string& list) {
        return "server: {trusted_proxies: " + list + "}\nproviders: [{name: heppu, profile: heppu}]";
    };
    const auto [read, faults] = load_text(proxies("[10.0.0.0/8, 192.0.2.7, \"fd00::/8\", \"2001:db8::1\", 0.0.0.0/0]"));
    CHECK(lines(faults) == "");
    CHECK(read.server.trusted_proxies ==
          std::vector<std::string>{"10.0.0.0/8", "192.0.2.7", "fd00::/8", "2001:db8::1", "0.0.0.0/0"});
    CHECK(load_text("providers: [{name: heppu, profile: heppu}]").settings.server.trusted_proxies.empty());

    const std::string path = "server.trusted_proxies";
    CHECK(faults_of(proxies("[10.0.0.0/8, 10.0.0.1/8]")) ==
          "c.yaml:1:40: server.trusted_proxies[1]: has bits behind its length; the network is 10.0.0.0/8, found "
          "\"10.0.0.1/8\"");
    CHECK(whats_of(proxies("[10.0.0.0/8, 10.0.0.0/8]")) == path + "[1]: is given twice");
    CHECK(whats_of(proxies("10.0.0.0/8")) == path + ": expected a list, found a text");
    CHECK(whats_of(proxies("[\"fd00::1/8\"]")) ==
          path + "[0]: has bits behind its length; the network is fd00::/8, found \"fd00::1/8\"");
    CHECK(whats_of(proxies("[\"::ffff:10.0.0.0/104\"]")) ==
          path + "[0]: is IPv4 within IPv6; write it as IPv4, found \"::ffff:10.0.0.0/104\"");
    for (const std::string wrong :
         {"proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "fd00::/129", "10.0.0.0/8/8", "10.0.0.0/-1",
          "10.0.0.0/ 8", "fe80::1%eth0", "", "/8", "10.0.0.1:80"}) {
        CAPTURE(wrong);
        std::string problem;
        CHECK_FALSE(parse_network(wrong, problem));
        CHECK(problem == "is no network such as 10.0.0.0/8 or \"fd00::/8\", and no address");
    }
}

}  // namespace rollcall::config
