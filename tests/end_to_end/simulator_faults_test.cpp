// What the simulator is told to do wrong, and the program itself: faults, listeners, TLS, signals, arguments.
#include "tests/end_to_end/simulator_calls.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <vector>

namespace rollcall::testing {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

// How the call of `send` ended without an answer.
exchange_end failure_of(const std::function<void()>& send) {
    try {
        send();
    } catch (const exchange_failure& failure) {
        return failure.why();
    }
    FAIL("there was an answer");
    return exchange_end::other;
}

}  // namespace

TEST_CASE("a fault with an answer shows it in the provider's own shape") {
    simulators simulators{{"heppu:agents=5"}};
    connection connection{simulators.url("heppu")};
    const auto list = [&] { return connection.get("/api/v1/agents", heppu_key); };

    simulators.set_fault("heppu", R"({"mode":"status","status":503,"retry_after":7})");
    CHECK(list().status == 503);
    CHECK(list().header("Retry-After") == "7");
    CHECK(!parsed(list()).at("success").as_bool());

    simulators.set_fault("heppu", R"({"mode":"rate_limited","retry_after":"Wed, 21 Oct 2015 07:28:00 GMT"})");
    CHECK(list().status == 429);
    CHECK(list().header("Retry-After") == "Wed, 21 Oct 2015 07:28:00 GMT");

    simulators.set_fault("heppu", R"({"mode":"unauthorized"})");
    CHECK(list().status == 401);

    simulators.set_fault("heppu", R"({"mode":"success_false"})");
    CHECK(list().status == 200);
    CHECK(!parsed(list()).at("success").as_bool());

    simulators.set_fault("heppu", R"({"mode":"garbage"})");
    const response garbage = list();
    CHECK(garbage.status == 200);
    CHECK(garbage.header("Content-Type") == "application/json");
    boost::system::error_code error;
    const auto ignored = json::parse(garbage.body, error);
    CHECK(error);

    simulators.set_fault("heppu", R"({"mode":"body","body":"<html>","status":502,"content_type":"text/html"})");
    const response page = list();
    CHECK(page.status == 502);
    CHECK(page.body == "<html>");
    CHECK(page.header("Content-Type") == "text/html");

    simulators.clear_fault("heppu");
    CHECK(list().status == 200);
}

TEST_CASE("a fault that breaks the connection breaks it in its own way") {
    simulators simulators{{"heppu:agents=5"}};
    const auto list = [&](std::chrono::milliseconds timeout = default_timeout) {
        request("GET", simulators.url("heppu"), "/api/v1/agents", heppu_key, {}, timeout);
    };
    const auto fault = [&](std::string_view json) { simulators.set_fault("heppu", json); };

    fault(R"({"mode":"reset"})");
    CHECK(failure_of(list) == exchange_end::reset);
    fault(R"({"mode":"close"})");
    CHECK(failure_of(list) == exchange_end::closed);
    fault(R"({"mode":"truncate"})");
    CHECK(failure_of(list) == exchange_end::closed);
    fault(R"({"mode":"hang"})");
    CHECK(failure_of([&] { list(100ms); }) == exchange_end::timed_out);
    CHECK(simulators.request_count("heppu") == 4);

    fault(R"({"mode":"truncate"})");
    const raw_answer half = raw_exchange(simulators.port("heppu"),
                                         "GET /api/v1/agents HTTP/1.1\r\nHost: x\r\nx-api-key: test-key-heppu\r\n\r\n");
    CHECK(half.end == exchange_end::closed);
    CHECK(half.bytes.starts_with("HTTP/1.1 200 OK\r\n"));
    const auto body = half.bytes.substr(half.bytes.find("\r\n\r\n") + 4);
    const auto length = half.bytes.find("Content-Length: ") + 16;
    CHECK(std::stoul(half.bytes.substr(length)) / 2 == body.size());
}

TEST_CASE("late and slow answers are whole, and do not hold up other connections") {
    simulators simulators{{"heppu:agents=5"}};
    connection connection{simulators.url("heppu")};
    const std::string right = connection.get("/api/v1/agents", heppu_key).body;
    for (const std::string_view fault : {R"({"mode":"delay","ms":150,"path_contains":"limit=50"})",
                                         R"({"mode":"slow_body","ms":150,"path_contains":"limit=50"})"}) {
        simulators.set_fault("heppu", fault);
        const auto begin = std::chrono::steady_clock::now();
        const response late = connection.get("/api/v1/agents?limit=50", heppu_key);
        CHECK(std::chrono::steady_clock::now() - begin >= 150ms);
        CHECK(late.body == right);
    }
    CHECK(failure_of([&] {
              request("GET", simulators.url("heppu"), "/api/v1/agents?limit=50", heppu_key, {}, 50ms);
          }) == exchange_end::timed_out);
    CHECK(get(simulators.url("heppu"), "/api/v1/agents", heppu_key).body == right);
}

TEST_CASE("a fault hits as many requests as it says, after those that pass, on the paths that it names") {
    simulators simulators{{"heppu:agents=5"}};
    connection connection{simulators.url("heppu")};
    simulators.set_fault("heppu", R"({"mode":"status","status":500,"times":2,"after":1,"path_contains":"/agents?"})");
    std::vector<unsigned> statuses;
    for (int i = 0; i < 5; ++i)
        statuses.push_back(connection.get("/api/v1/agents?limit=1", heppu_key).status);
    CHECK(statuses == std::vector<unsigned>{200, 500, 500, 200, 200});
    simulators.set_fault("heppu", R"({"mode":"status","status":500,"path_contains":"/agents?"})");
    CHECK(connection.get("/api/v1/agents", heppu_key).status == 200);
    CHECK_THROWS(simulators.set_fault("heppu", R"({"mode":"nonsense"})"));
    CHECK_THROWS(simulators.set_fault("heppu", R"({"mode":"delay","millis":3})"));
}

TEST_CASE("a repeated token leads to the same page for ever") {
    simulators simulators{{"hyperrep:agents=30", "retell:agents=30", "freshdesk:agents=70", "assistants:agents=30"}};
    for (const auto* name : {"hyperrep", "retell", "freshdesk", "assistants"}) {
        simulators.set_fault(name, R"({"mode":"repeat_token"})");
    }
    connection hyperrep{simulators.url("hyperrep")};
    const auto first = parsed(hyperrep.get(hyperrep_path + "?limit=10", hyperrep_key));
    const std::string cursor = text_at(first, "/pagination/next_cursor");
    const auto second = parsed(hyperrep.get(hyperrep_path + "?limit=10&cursor=" + cursor, hyperrep_key));
    CHECK(second.at("data") == first.at("data"));
    CHECK(text_at(second, "/pagination/next_cursor") == cursor);

    connection retell{simulators.url("retell")};
    const auto page = parsed(retell.request("POST", "/v2/list-agents", retell_key, R"({"limit":10})"));
    const json::object query{{"limit", 10}, {"pagination_key", page.at("pagination_key")}};
    CHECK(parsed(retell.request("POST", "/v2/list-agents", retell_key, json::serialize(query))) == page);

    const response linked = get(simulators.url("freshdesk"), "/api/v2/agents?page=2", freshdesk_key);
    CHECK(linked.header("Link").find("page=2&") != std::string_view::npos);

    connection assistants{simulators.url("assistants")};
    const auto list = parsed(assistants.get("/v1/assistants?limit=10", assistants_key));
    CHECK(parsed(assistants.get("/v1/assistants?limit=10&after=" + text_at(list, "/last_id"), assistants_key)) == list);
}

TEST_CASE("a closed listener refuses connections, ends those it had, and comes back on its port") {
    simulators simulators{{"heppu:agents=5"}};
    connection kept{simulators.url("heppu")};
    CHECK(kept.get("/api/v1/agents", heppu_key).status == 200);
    simulators.close_listener("heppu");
    CHECK(failure_of([&] { kept.get("/api/v1/agents", heppu_key); }) != exchange_end::timed_out);
    CHECK(failure_of([&] { get(simulators.url("heppu"), "/api/v1/agents", heppu_key); }) == exchange_end::refused);
    simulators.open_listener("heppu");
    CHECK(kept.get("/api/v1/agents", heppu_key).status == 200);
}

TEST_CASE("a provider serves TLS with the chain that it was given") {
    certificate_authority authority;
    const auto good = authority.issue("127.0.0.1");
    const auto expired = authority.issue("127.0.0.1", validity::expired);
    const auto misnamed = authority.issue("other.example");
    simulators simulators{{"heppu@good:agents=3,cert=" + good.chain.string() + ",tlskey=" + good.key.string(),
                           "heppu@expired:tls=" + expired.chain.string() + ";" + expired.key.string(),
                           "heppu@misnamed:tls=" + misnamed.chain.string() + ";" + misnamed.key.string()}};
    const auto trusting = [&](const std::string& name) {
        address where{simulators.url(name)};
        CHECK(where.secure);
        where.trusted = authority.ca_file();
        return where;
    };
    CHECK(get(trusting("good"), "/api/v1/agents", heppu_key).status == 200);
    CHECK(failure_of([&] { get(trusting("expired"), "/", {}); }) == exchange_end::other);
    CHECK(failure_of([&] { get(trusting("misnamed"), "/", {}); }) == exchange_end::other);
}

TEST_CASE("it ends at once on SIGTERM and SIGINT, and says what is wrong with its arguments") {
    for (const int signal : {SIGTERM, SIGINT}) {
        process running{ROLLCALL_SIMULATOR, {"--provider", "heppu", "--threads", "2"}};
        REQUIRE(running.wait_for_line("ready"));
        running.signal(signal);
        CHECK(running.exit_code() == 0);
    }
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{}, {"--provider", "nobody"}, {"--provider", "heppu:agents=many"}, {"--bogus"}}) {
        process refused{ROLLCALL_SIMULATOR, arguments};
        CHECK(refused.exit_code() == 2);
        CHECK(!refused.errors().empty());
    }
}

TEST_CASE("the port file says what the listening lines say") {
    temporary_directory directory;
    const auto file = directory.path() / "ports.json";
    simulators simulators{{"heppu:agents=1", "converra@crm:agents=1"}, {"--port-file", file.string()}};
    process reader{"/bin/cat", {file.string()}};
    REQUIRE(reader.exit_code() == 0);
    const auto ports = json::parse(reader.output());
    CHECK(text_at(ports, "/heppu") == simulators.url("heppu"));
    CHECK(text_at(ports, "/crm") == simulators.url("crm"));
    CHECK(text_at(ports, "/control") == simulators.url("control"));
}

}  // namespace rollcall::testing
