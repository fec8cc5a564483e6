// What a client with limits meets at the built gateway, and that nobody else does.
#include "tests/end_to_end/access.hpp"
#include "tests/end_to_end/converra_deployment.hpp"
#include "tests/end_to_end/openapi_calls.hpp"
#include "tests/end_to_end/reloading.hpp"

#include <chrono>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::testing {
namespace {

using namespace std::chrono_literals;

/// `crm`, with limits, and `reports`, without, before one provider.
struct limited_clients {
    std::string text(const std::string& limits) const {
        return heppu_configuration(
            {{"heppu", providers.url("heppu")}},
            access_of({{"crm", {crm}, ", allow: [read, write], limits: " + limits}, {"reports", {reports}}}));
    }

    /// The paths of two of its agents.
    std::vector<std::string> paths() {
        std::vector<std::string> paths;
        for (const auto& agent : providers.agents("heppu"))
            paths.push_back("/agents/heppu:" + std::string{agent.at("id").as_string()});
        return paths;
    }

    std::size_t calls() { return providers.request_count("heppu"); }

    simulators providers{{"heppu:agents=3"}};
    client_key crm = new_key();
    client_key reports = new_key();
};

/// Until it is answered so, which must be soon.
bool comes_to(const gateway& gateway, const std::string& target, const client_key& key, unsigned status) {
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;
         std::chrono::steady_clock::now() < until;) {
        if (gateway.get(target, key.header()).status == status) return true;
    }
    return false;
}

std::string limited_total(const std::string& client, const std::string& limit) {
    return "rollcall_client_limited_total{client=\"" + client + "\",limit=\"" + limit + "\"}";
}

/// A request as bytes; `fields` end their lines.
std::string raw(const std::string& method, const std::string& target, const client_key& key,
                const std::string& fields = {}, const std::string& body = {}) {
    return method + ' ' + target + " HTTP/1.1\r\nHost: a\r\nx-api-key: " + key.key + "\r\n" + fields + "\r\n" + body;
}

/// The statuses of the answers in what was received.
std::string statuses(const std::string& bytes) {
    std::string found;
    for (std::size_t at = bytes.find("HTTP/1.1 "); at != std::string::npos; at = bytes.find("HTTP/1.1 ", at + 1))
        found += (found.empty() ? "" : " ") + bytes.substr(at + 9, 3);
    return found;
}

}  // namespace

TEST_CASE("a client with five requests in an hour gets five, and is told of each how many are left") {
    limited_clients setup;
    const gateway gateway{setup.text("{requests: 5, per: 1h}")};
    const openapi_document document{gateway.get("/openapi.json", setup.reports.header()).body};
    conformance conformance{document};
    for (int left = 4; left >= 0; --left) {
        const response answer = gateway.get("/agents", setup.crm.header());
        CHECK(answer.status == 200);
        CHECK(answer.header("ratelimit-policy") == R"("client";q=5;w=3600)");
        CHECK(answer.header("ratelimit").starts_with("\"client\";r=" + std::to_string(left) + ";t="));
        CHECK_FALSE(answer.has("retry-after"));
        conformance.check("GET", "/agents", answer);
    }
    const auto before = setup.calls();
    CHECK(before == 5);
    for (const std::string target : {"/agents", "/agents/heppu:1", "/nowhere", "/agents?limit=none"}) {
        const response refused = gateway.get(target, setup.crm.header());
        CHECK(problem_of(refused) == "429 rate_limited");
        CHECK(contains(detail_of(refused), "limit of 5 in 1h"));
        // One comes back each twelve minutes, of which some seconds may have passed.
        const auto wait = std::stoi(std::string{refused.header("retry-after")});
        CHECK(wait > 600);
        CHECK(wait <= 720);
        CHECK(object_in(refused).at("retry_after_s") == json::value(wait));
        CHECK(refused.header("ratelimit") == "\"client\";r=0;t=" + std::to_string(wait));
        CHECK_FALSE(refused.has("www-authenticate"));
        conformance.check("GET", "/agents", refused);
    }
    CHECK(setup.calls() == before);

    // Nobody else is touched, and told of nothing.
    for (int i = 0; i < 10; ++i) {
        const response answer = gateway.get("/agents", setup.reports.header());
        CHECK(answer.status == 200);
        CHECK_FALSE(answer.has("ratelimit"));
        CHECK_FALSE(answer.has("ratelimit-policy"));
    }
    CHECK(soon(gateway, limited_total("crm", "rate"), 4));
    CHECK(metric(gateway, limited_total("crm", "concurrency")) == 0);
    CHECK(metric(gateway, limited_total("reports", "rate")) == 0);
    CHECK(metric(gateway, R"(rollcall_client_requests_total{client="crm",status="4xx"})") == 4);
}

TEST_CASE("every request of a known client counts, whatever becomes of it, and one that nobody could read does not") {
    limited_clients setup;
    const gateway gateway{setup.text("{requests: 4, per: 1h}")};
    for (int i = 0; i < 3; ++i)
        CHECK(raw_exchange(gateway.public_port(), "GET /agents HTTP/1.1\r\nx-api-key: " + setup.crm.key + "\r\n\r\n")
                  .bytes.starts_with("HTTP/1.1 400 "));
    CHECK(gateway.get("/nowhere", setup.crm.header()).header("ratelimit").starts_with("\"client\";r=3;"));
    CHECK(gateway.get("/agents?limit=none", setup.crm.header()).header("ratelimit").starts_with("\"client\";r=2;"));
    CHECK(gateway.request("HEAD", "/agents", setup.crm.header()).header("ratelimit").starts_with("\"client\";r=1;"));
    const response gone = gateway.request("DELETE", "/agents/heppu:1", setup.crm.header());
    CHECK(gone.status >= 400);
    CHECK(gone.header("ratelimit").starts_with("\"client\";r=0;"));
    CHECK(gateway.request("HEAD", "/agents", setup.crm.header()).status == 429);
}

TEST_CASE("of a client that may have two requests at once the third is refused, and others are not") {
    limited_clients setup;
    const auto paths = setup.paths();
    const gateway gateway{setup.text("{concurrent: 2}")};
    setup.providers.set_fault("heppu", R"({"mode": "delay", "ms": 1500})");
    setup.providers.forget_requests("heppu");
    std::vector<response> answers(2);
    std::vector<std::thread> clients;
    for (std::size_t i = 0; i < answers.size(); ++i)
        clients.emplace_back([&, i] { answers[i] = gateway.get(paths.at(i), setup.crm.header()); });
    while (setup.calls() < 2)
        std::this_thread::yield();

    const response refused = gateway.get(paths.at(2), setup.crm.header());
    CHECK(problem_of(refused) == "429 rate_limited");
    CHECK(refused.header("retry-after") == "1");
    CHECK(contains(detail_of(refused), "2 requests of the client are being answered"));
    CHECK_FALSE(refused.has("ratelimit"));
    CHECK(gateway.get("/providers", setup.crm.header()).status == 429);
    CHECK(gateway.get("/providers", setup.reports.header()).status == 200);
    CHECK(setup.calls() == 2);
    for (std::thread& client : clients)
        client.join();
    for (const response& answer : answers)
        CHECK(answer.status == 200);
    CHECK(gateway.get("/providers", setup.crm.header()).status == 200);
    CHECK(metric(gateway, limited_total("crm", "concurrency")) == 2);
    CHECK(metric(gateway, limited_total("crm", "rate")) == 0);
}

TEST_CASE("a client that asks for one thing after the other may have one request at once") {
    limited_clients setup;
    const gateway gateway{setup.text("{concurrent: 1}")};
    // The gateway's threads share the connections between them.
    std::deque<connection> open;
    for (int i = 0; i < 8; ++i)
        open.emplace_back(gateway.public_port());
    for (std::size_t i = 0; i < 1000; ++i)
        REQUIRE(open[i % open.size()].get("/providers", setup.crm.header()).status == 200);
}

TEST_CASE("a client that goes away gives back the places that its requests had") {
    limited_clients setup;
    const auto paths = setup.paths();
    const gateway gateway{setup.text("{concurrent: 1}")};
    setup.providers.set_fault("heppu", R"({"mode": "delay", "ms": 2500})");
    for (int i = 0; i < 3; ++i) {
        setup.providers.forget_requests("heppu");
        connection leaving{gateway.public_port(), 200ms};
        CHECK_THROWS_AS(leaving.get(paths.at(0), setup.crm.header()), exchange_failure);
        CHECK(comes_to(gateway, "/providers", setup.crm, 200));
    }
}

TEST_CASE("a reload leaves a client what it has used, unless its limits have changed") {
    limited_clients setup;
    gateway gateway{setup.text("{requests: 3, per: 1h}")};
    const auto left = [&] {
        return std::string{gateway.get("/providers", setup.crm.header()).header("ratelimit")}.substr(0, 12);
    };
    CHECK(left() == R"("client";r=2)");
    REQUIRE(reload(gateway, setup.text("{requests: 3, per: 1h}") + "cache: {bytes: 64MiB}\n"));
    CHECK(left() == R"("client";r=1)");
    // The same, written otherwise.
    REQUIRE(reload(gateway, setup.text("{requests: 3, burst: 3, per: 60m}")));
    CHECK(left() == R"("client";r=0)");
    CHECK(gateway.get("/providers", setup.crm.header()).status == 429);
    REQUIRE(reload(gateway, setup.text("{requests: 4, per: 1h}")));
    CHECK(left() == R"("client";r=3)");
    REQUIRE(reload(gateway, setup.text("{concurrent: 4}")));
    CHECK(left().empty());
    REQUIRE(reload(gateway, setup.text("{requests: 4, per: 1h}")));
    CHECK(left() == R"("client";r=3)");
}

TEST_CASE("a connection goes on after a refusal, and what stands behind the request is read as what it is") {
    limited_clients setup;
    const gateway gateway{setup.text("{requests: 1, per: 1h}")};
    CHECK(gateway.get("/providers", setup.crm.header()).status == 200);
    connection open{gateway.public_port()};
    CHECK(open.get("/providers", setup.reports.header()).status == 200);
    CHECK(open.get("/providers", setup.crm.header()).status == 429);
    CHECK(open.is_open());
    CHECK(open.request("POST", "/agents", joined(setup.crm.header(), json_type), "{}").status == 429);
    CHECK(open.is_open());
    CHECK(open.get("/providers", setup.reports.header()).status == 200);

    const std::string smuggled = raw("GET", "/providers", setup.reports);
    const std::string with_body = "Content-Length: " + std::to_string(smuggled.size()) + "\r\n";
    const auto pipelined = raw_exchange(gateway.public_port(),
                                        raw("GET", "/providers", setup.crm) + raw("GET", "/providers", setup.reports) +
                                            raw("POST", "/agents", setup.crm, with_body, smuggled) +
                                            raw("GET", "/nowhere", setup.reports, "Connection: close\r\n"));
    CHECK(statuses(pipelined.bytes) == "429 200 429 404");
    CHECK(pipelined.end == exchange_end::closed);
}

TEST_CASE("a body is not waited for whose request is one too many, and its connection ends") {
    limited_clients setup;
    const gateway gateway{setup.text("{requests: 1, per: 1h}")};
    CHECK(gateway.get("/providers", setup.crm.header()).status == 200);
    const std::string next = raw("GET", "/providers", setup.reports);
    for (const std::string& bytes :
         {raw("POST", "/agents", setup.crm, "Expect: 100-continue\r\nContent-Length: 100\r\n"),
          raw("POST", "/agents", setup.crm, "Content-Length: 1000\r\n", next),
          raw("POST", "/agents", setup.crm, "Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n" + next)}) {
        const auto began = std::chrono::steady_clock::now();
        const auto answer = raw_exchange(gateway.public_port(), bytes);
        CHECK(statuses(answer.bytes) == "429");
        CHECK(contains(answer.bytes, "\r\nConnection: close\r\n"));
        CHECK(contains(answer.bytes, "\r\nRetry-After: "));
        CHECK(answer.end == exchange_end::closed);
        // Not after the ten seconds that a body has.
        CHECK(std::chrono::steady_clock::now() - began < 8s);
    }
    CHECK(setup.calls() == 0);
}

}  // namespace rollcall::testing
