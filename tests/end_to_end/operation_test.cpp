// What operators see: the command line, start and end, metrics, log, TLS to providers, and secrets that stay secret.
#include "tests/end_to_end/deployment.hpp"
#include "tests/end_to_end/log_lines.hpp"
#include "tests/support/certificates.hpp"
#include "tests/support/command.hpp"
#include "tests/support/process.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sched.h>
#include <sstream>
#include <sys/resource.h>
#include <thread>

namespace {

using namespace rollcall::testing;

/// Where this machine has a quota of CPU time, the gateway may use fewer (usable_cores_test).
int cores_to_run_on() {
    cpu_set_t usable;
    REQUIRE(::sched_getaffinity(0, sizeof usable, &usable) == 0);
    return CPU_COUNT(&usable);
}

/// Confines this thread, and what it starts, to one of its cores.
struct one_core {
    one_core() {
        REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
        std::size_t core = 0;
        while (!CPU_ISSET(core, &before))
            ++core;
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(core, &one);
        REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    }
    ~one_core() { ::sched_setaffinity(0, sizeof before, &before); }

    cpu_set_t before;
};

/// The value of the metric whose line begins with `series`; -1 where there is none.
double metric(const std::string& text, std::string_view series) {
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with(series) && line[series.size()] == ' ') return std::stod(line.substr(series.size() + 1));
    }
    return -1;
}

}  // namespace

TEST_CASE("check says that a good configuration is good, and names each fault of another on its line") {
    const temporary_directory folder;
    const auto good =
        folder.write("good.yaml", "providers:\n  - {name: heppu, profile: heppu, credential: {value: \"${KEY}\"}}\n");
    const auto checked = run({"check", "--config", good.string()}, {{"KEY", "hush-hush"}});
    CHECK(checked.exit_code == 0);
    CHECK(checked.errors.empty());

    const auto bad = folder.write("bad.yaml",
                                  "server: {listn: 127.0.0.1:80}\nproviders:\n  - {name: heppu, profile: heppo}\n  - "
                                  "{name: reps, profile: hyperrep}\n");
    const auto faults = run({"check", "--config", bad.string()});
    CHECK(faults.exit_code == 2);
    for (const std::string where :
         {":1:10: server.listn: ", ":3:28: providers[0].profile: ", ": providers[1].params"}) {
        CAPTURE(where);
        CHECK_MESSAGE(faults.errors.find(where) != std::string::npos, faults.errors);
    }
    CHECK(run({"serve", "--config", bad.string()}).exit_code == 2);
    CHECK(run({"check", "--config", "/nowhere/at/all.yaml"}).exit_code == 2);
}

TEST_CASE("profiles lists the shipped profiles and prints one") {
    const auto listed = run({"profiles"});
    CHECK(listed.exit_code == 0);
    for (const std::string name : {"agenthuman", "converra", "heppu", "hyperrep"})
        CHECK(listed.output.find(name + "\t") != std::string::npos);
    const auto printed = run({"profiles", "heppu"});
    CHECK(printed.exit_code == 0);
    CHECK(printed.output.find("profile: heppu") != std::string::npos);
    CHECK(run({"profiles", "nothing"}).exit_code == 2);
    CHECK(run({"--version"}).exit_code == 0);
    CHECK(run({}).exit_code == 2);
    CHECK(run({"serve"}).exit_code == 2);
}

TEST_CASE("an address that is taken is said at start") {
    four_provider_deployment deployment;
    const temporary_directory folder;
    const auto taken = folder.write(
        "taken.yaml",
        "server: {listen: 127.0.0.1:0, admin: \"127.0.0.1:" + std::to_string(deployment.gateway.admin_port()) +
            "\"}\nproviders:\n  - {name: heppu, profile: heppu, base_url: http://127.0.0.1:1}\n");
    const auto result = run({"serve", "--config", taken.string()});
    CHECK(result.exit_code == 1);
    CHECK(result.output.find("cannot start") != std::string::npos);
}

TEST_CASE("SIGTERM finishes what is being answered, turns readiness, and ends with 0") {
    four_provider_deployment deployment{"    cache: {ttl: 0s}\n    timeout: 2s\n"};
    CHECK(deployment.gateway.admin("/livez").status == 200);
    CHECK(deployment.gateway.admin("/readyz").status == 200);
    deployment.providers.set_fault("heppu", R"({"mode": "delay", "ms": 700})");
    deployment.providers.forget_requests("heppu");
    response answer;
    std::thread client{[&] { answer = deployment.gateway.get("/agents?limit=4"); }};
    while (deployment.providers.request_count("heppu") == 0)
        std::this_thread::yield();
    deployment.gateway.child().signal(SIGTERM);
    // The draining is announced before its end, and readiness turns with it.
    CHECK(deployment.gateway.child().wait_for_line(
        [](std::string_view line) { return line.find("draining") != std::string_view::npos; }));
    CHECK(deployment.gateway.admin("/readyz").status == 503);
    client.join();
    CHECK(answer.status == 200);
    CHECK(answer.header("connection") == "close");
    CHECK(boost::json::parse(answer.body).at("page").at("count").to_number<int>() == 4);
    CHECK(deployment.gateway.child().exit_code() == 0);
}

TEST_CASE("the metrics count requests, upstream calls, cache events, partial answers and schema faults") {
    four_provider_deployment deployment{"    cache: {ttl: 1m}\n    timeout: 800ms\n"};
    page_of(deployment.gateway, "/agents?limit=4");
    page_of(deployment.gateway, "/agents?limit=4");
    deployment.gateway.get("/agents?limit=none");
    deployment.providers.set_fault("heppu", R"({"mode": "garbage"})");
    page_of(deployment.gateway, "/agents?limit=4", {{"Cache-Control", "no-cache"}});
    deployment.providers.set_fault(
        "converra",
        R"({"mode": "body", "body": "{\"data\": [{\"id\": \"a\", \"name\": 7}], \"pagination\": {\"total\": 1}}"})");
    page_of(deployment.gateway, "/agents?limit=4", {{"Cache-Control", "no-cache"}});

    // A request is counted when its answer has been sent, which the client may see first.
    constexpr std::string_view good = R"(rollcall_http_requests_total{method="GET",route="/agents",status="200"})";
    constexpr std::string_view bad = R"(rollcall_http_requests_total{method="GET",route="/agents",status="400"})";
    constexpr std::string_view timed = R"(rollcall_http_request_duration_seconds_count{route="/agents"})";
    const auto counted = [&](const std::string& text) {
        return metric(text, good) == 4 && metric(text, bad) == 1 && metric(text, timed) == 5;
    };
    response answer = deployment.gateway.admin("/metrics");
    for (const auto until = std::chrono::steady_clock::now() + default_timeout;
         !counted(answer.body) && std::chrono::steady_clock::now() < until;) {
        answer = deployment.gateway.admin("/metrics");
    }
    CHECK(counted(answer.body));
    CHECK(answer.header("content-type") == "text/plain; version=0.0.4; charset=utf-8");
    const std::string& text = answer.body;
    CHECK(metric(text, R"(rollcall_upstream_requests_total{operation="list",outcome="ok",provider="hyperrep"})") == 3);
    CHECK(metric(text,
                 R"(rollcall_upstream_requests_total{operation="list",outcome="invalid_response",provider="heppu"})") ==
          2);
    CHECK(metric(text, R"(rollcall_cache_events_total{event="hit",provider="agenthuman"})") == 1);
    CHECK(metric(text, "rollcall_partial_answers_total") == 2);
    CHECK(metric(text, R"(rollcall_upstream_schema_faults_total{field="name",provider="converra"})") == 1);
    CHECK(metric(text, "process_resident_memory_bytes") > 0);
    CHECK(metric(text, "rollcall_log_lines_lost_total") == 0);
    CHECK(text.find("rollcall_build_info{version=") != std::string::npos);
    CHECK(problem_of(deployment.gateway.get("/metrics")) == "404 not_found");
}

TEST_CASE("there is one thread for each core that the gateway may use, unless it is told how many") {
    const simulators providers{{"heppu:agents=3"}};
    const std::string told = configuration(providers, {{"heppu", {}, {}}});
    std::string untold = told;
    untold.replace(untold.find(", threads: 2"), 12, "");
    const auto threads_of = [](const std::string& text) {
        gateway gateway{text};
        return log_lines(gateway, "listening", 1).front().at("threads").to_number<int>();
    };
    const int threads = threads_of(untold);
    CHECK(threads >= 1);
    CHECK(threads <= cores_to_run_on());
    const one_core confined;
    CHECK(threads_of(untold) == 1);
    CHECK(threads_of(told) == 2);
}

TEST_CASE("every metric has its row in the operators' page") {
    const four_provider_deployment deployment;
    page_of(deployment.gateway, "/agents?limit=4");
    std::stringstream page;
    page << std::ifstream{ROLLCALL_SOURCE "/docs/operations.md"}.rdbuf();
    std::istringstream metrics{deployment.gateway.admin("/metrics").body};
    constexpr std::string_view mark = "# TYPE ";
    int told = 0;
    for (std::string line; std::getline(metrics, line);) {
        if (!line.starts_with(mark)) continue;
        const std::string name = line.substr(mark.size(), line.find(' ', mark.size()) - mark.size());
        CHECK_MESSAGE(page.str().find('`' + name + '`') != std::string::npos, name);
        ++told;
    }
    CHECK(told > 30);
}

TEST_CASE("a reader of the log that goes away does not end the gateway") {
    four_provider_deployment deployment;
    deployment.gateway.child().signal(SIGPIPE);
    CHECK(deployment.gateway.get("/providers").status == 200);
}

TEST_CASE("the gateway takes all the descriptors that it may have") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit low = before;
    low.rlim_cur = std::min<rlim_t>(256, before.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &low) == 0);
    four_provider_deployment deployment;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(metric(deployment.gateway.admin("/metrics").body, "process_max_fds") == static_cast<double>(before.rlim_max));
}

TEST_CASE("GET /providers tells what is configured and how it has been doing") {
    four_provider_deployment deployment{"    cache: {ttl: 0s}\n    timeout: 800ms\n"};
    const auto status_of = [&](std::string_view name) {
        const auto answer = boost::json::parse(deployment.gateway.get("/providers").body);
        for (const auto& provider : answer.at("data").as_array()) {
            if (provider.at("name").as_string() == name)
                return std::string{provider.at("health").at("status").as_string()};
        }
        return std::string{};
    };
    CHECK(status_of("heppu") == "unknown");
    page_of(deployment.gateway, "/agents");
    CHECK(status_of("heppu") == "ok");
    deployment.providers.set_fault("heppu", R"({"mode": "garbage"})");
    page_of(deployment.gateway, "/agents");
    CHECK(status_of("heppu") == "failing");
}

TEST_CASE("the access log is a JSON line for each request, and keys appear nowhere") {
    const std::string key = "a-very-secret-key-7d1f";
    simulators providers{{"heppu:agents=3,key=" + key}};
    gateway gateway{
        configuration(providers, {{"heppu", {}, "    cache: {ttl: 0s}\n    timeout: 800ms\n", "${HEPPU_KEY}"}}),
        {{"HEPPU_KEY", key}}};
    std::string seen;
    const auto ask = [&](const std::string& target) {
        const auto answer =
            gateway.get(target, {{"X-Request-Id", "my-request-1"}, {"Authorization", "Bearer client-secret-99"}});
        CHECK(answer.header("x-request-id") == "my-request-1");
        seen += answer.body;
    };
    ask("/agents");
    ask("/agents?bad=1");
    ask("/providers");
    for (const std::string fault :
         {R"({"mode": "unauthorized"})", R"({"mode": "garbage"})", R"({"mode": "hang"})", R"({"mode": "reset"})"}) {
        providers.set_fault("heppu", fault);
        ask("/agents");
    }
    seen += gateway.admin("/metrics").body;
    CHECK(gateway.stop() == 0);
    const std::string log = gateway.log();
    CHECK(log.find(key) == std::string::npos);
    CHECK(log.find("client-secret-99") == std::string::npos);
    CHECK(seen.find(key) == std::string::npos);

    int requests = 0;
    std::istringstream lines{log};
    for (std::string line; std::getline(lines, line);) {
        const auto entry = boost::json::parse(line).as_object();
        if (entry.at("message").as_string() != "request") continue;
        ++requests;
        CHECK(entry.at("request_id").as_string() == "my-request-1");
    }
    CHECK(requests == 7);
}

TEST_CASE("providers are called over TLS whose certificate must be right") {
    certificate_authority authority;
    const auto good = authority.issue("127.0.0.1");
    const auto wrong = authority.issue("elsewhere.example");
    const auto expired = authority.issue("127.0.0.1", validity::expired);
    const auto provider = [](const std::string& name, const issued_certificate& certificate) {
        return "heppu@" + name + ":agents=3,key=k-" + name + ",cert=" + certificate.chain.string() +
               ",tlskey=" + certificate.key.string();
    };
    simulators providers{
        {provider("good", good), provider("wrong", wrong), provider("expired", expired), provider("untrusted", good)}};
    const std::string trusted = "    tls: {ca_file: " + authority.ca_file().string() + "}\n";
    const gateway gateway{configuration(providers, {{"good", "heppu", trusted, "k-good"},
                                                    {"wrong", "heppu", trusted, "k-wrong"},
                                                    {"expired", "heppu", trusted, "k-expired"},
                                                    {"untrusted", "heppu", "", "k-untrusted"}})};
    const auto page = page_of(gateway, "/agents");
    CHECK(report_of(page, "good").at("status").as_string() == "ok");
    CHECK(report_of(page, "good").at("count").to_number<int>() == 3);
    for (const std::string name : {"wrong", "expired", "untrusted"}) {
        CAPTURE(name);
        CHECK(report_of(page, name).at("status").as_string() == "unreachable");
        CHECK(providers.request_count(name) == 0);
    }
}

TEST_CASE("a trace goes on to the providers") {
    four_provider_deployment deployment;
    deployment.providers.forget_requests("heppu");
    page_of(deployment.gateway, "/agents",
            {{"traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}});
    const auto heppu = deployment.providers.requests("heppu");
    const auto& sent = heppu.at("requests").as_array();
    REQUIRE(sent.size() == 1);
    const std::string parent{sent.front().at("headers").at("traceparent").as_string()};
    CHECK(parent.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
    CHECK(parent != "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
}
