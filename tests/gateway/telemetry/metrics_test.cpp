// What the metrics count, as the text that Prometheus reads.
#include "gateway/telemetry/metrics.hpp"

#include "gateway/access/client.hpp"
#include "gateway/telemetry/client_metrics.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::gateway::testing {
namespace {

metrics_labels labels() {
    return {{"/agents", "/agents/{id}"}, {"name", "status"}, "1.2.3"};
}

/// The value of one series as text; empty where it is not there.
std::string value_of(const metrics& metrics, const std::string& series) {
    std::istringstream text(metrics.scrape());
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with(series + ' ')) return line.substr(series.size() + 1);
    }
    return {};
}

void serve(metrics& metrics, std::string_view route, unsigned status, method method = method::get) {
    request request;
    request.method = method;
    metrics.request_started();
    metrics.request_finished(request, route, status, 10, std::chrono::milliseconds(3));
}

}  // namespace

TEST_CASE("a request is counted under its route, method and status") {
    metrics metrics(labels());
    serve(metrics, "/agents", 200);
    serve(metrics, "/agents", 200);
    serve(metrics, "/agents/{id}", 404, method::delete_);
    serve(metrics, "", 400, method::other);
    serve(metrics, "/made/up", 299);
    const std::string total = "rollcall_http_requests_total";
    CHECK(value_of(metrics, total + R"({method="GET",route="/agents",status="200"})") == "2");
    CHECK(value_of(metrics, total + R"({method="DELETE",route="/agents/{id}",status="404"})") == "1");
    CHECK(value_of(metrics, total + R"({method="OTHER",route="none",status="400"})") == "1");
    CHECK(value_of(metrics, total + R"({method="GET",route="none",status="other"})") == "1");
    const std::string duration = "rollcall_http_request_duration_seconds";
    CHECK(value_of(metrics, duration + R"(_count{route="/agents"})") == "2");
    CHECK(value_of(metrics, duration + R"(_bucket{route="/agents",le="0.0025"})") == "0");
    CHECK(value_of(metrics, duration + R"(_bucket{route="/agents",le="0.005"})") == "2");
}

TEST_CASE("the log's lost lines are asked for at each scrape") {
    metrics metrics(labels());
    CHECK(value_of(metrics, "rollcall_log_lines_lost_total") == "");
    std::uint64_t lost = 0;
    metrics.watch_log([&lost] { return lost; });
    CHECK(value_of(metrics, "rollcall_log_lines_lost_total") == "0");
    lost = 3;
    CHECK(value_of(metrics, "rollcall_log_lines_lost_total") == "3");
    CHECK(metrics.scrape().find("# TYPE rollcall_log_lines_lost_total counter") != std::string::npos);
}

TEST_CASE("the gauges go up and down") {
    metrics metrics(labels());
    metrics.connection_opened();
    metrics.connection_opened();
    metrics.connection_closed();
    metrics.request_started();
    CHECK(value_of(metrics, "rollcall_http_connections") == "1");
    CHECK(value_of(metrics, "rollcall_http_requests_in_flight") == "1");
    serve(metrics, "/agents", client_closed_request);
    CHECK(value_of(metrics, "rollcall_http_requests_in_flight") == "1");
    CHECK(value_of(metrics, R"(rollcall_http_requests_total{method="GET",route="/agents",status="499"})") == "1");
}

TEST_CASE("what was turned away is counted by the limit that it met") {
    metrics metrics(labels());
    const std::string connections = R"(rollcall_http_overloaded_total{limit="connections"})";
    const std::string in_flight = R"(rollcall_http_overloaded_total{limit="requests_in_flight"})";
    CHECK(value_of(metrics, connections) == "0");
    metrics.overloaded(client_limit::requests_in_flight);
    CHECK(value_of(metrics, connections) == "0");
    CHECK(value_of(metrics, in_flight) == "1");
    metrics.overloaded(client_limit::bodies);
    CHECK(value_of(metrics, R"(rollcall_http_overloaded_total{limit="bodies"})") == "1");
}

TEST_CASE("an issuer's refreshes are counted from nothing, those that fail too") {
    metrics metrics(labels());
    const std::string ok = R"(rollcall_access_key_set_refreshes_total{issuer="idp",outcome="ok"})";
    const std::string failed = R"(rollcall_access_key_set_refreshes_total{issuer="idp",outcome="failed"})";
    CHECK(value_of(metrics, failed).empty());
    metrics.watch_key_sets({{"idp", [] { return std::optional{std::chrono::seconds{3}}; }}});
    CHECK(value_of(metrics, ok) == "0");
    CHECK(value_of(metrics, failed) == "0");
    metrics.key_set_refreshed("idp", false);
    metrics.watch_key_sets({{"idp", [] { return std::optional{std::chrono::seconds{4}}; }}});
    CHECK(value_of(metrics, failed) == "1");
    CHECK(value_of(metrics, R"(rollcall_access_key_set_age_seconds{issuer="idp"})") == "4");
}

TEST_CASE("TLS handshakes and certificates are told, and of a plain listener nothing expires") {
    metrics metrics(labels());
    const std::string expires = "rollcall_tls_certificate_expires_seconds";
    CHECK(value_of(metrics, expires) == "");
    metrics.certificate_expires(system_clock::time_point{std::chrono::seconds{1'700'000'000}});
    CHECK(std::stod(value_of(metrics, expires)) == 1.7e9);
    metrics.certificate_expires(std::nullopt);
    CHECK(value_of(metrics, expires) == "");

    metrics.tls_handshake(tls_outcome::timeout, {});
    CHECK(value_of(metrics, R"(rollcall_tls_handshakes_total{outcome="full"})") == "0");
    CHECK(value_of(metrics, R"(rollcall_tls_handshakes_total{outcome="timeout"})") == "1");
    metrics.tls_reloaded(false);
    CHECK(value_of(metrics, R"(rollcall_tls_reloads_total{outcome="ok"})") == "0");
    CHECK(value_of(metrics, R"(rollcall_tls_reloads_total{outcome="failed"})") == "1");
}

TEST_CASE("each client's requests are counted by their status class, and those of nobody under no client") {
    metrics metrics(labels());
    client crm;
    crm.name = "crm";
    crm.requests = &metrics.client("crm");
    CHECK(&metrics.client("crm") == crm.requests);
    for (const unsigned status : {200U, 204U, 404U, client_closed_request, 503U}) {
        request request;
        request.client = &crm;
        metrics.request_started();
        metrics.request_finished(request, "/agents", status, 1, std::chrono::milliseconds(1));
    }
    serve(metrics, "/agents", 200);
    const std::string total = R"(rollcall_client_requests_total{client="crm",status=)";
    CHECK(value_of(metrics, total + "\"2xx\"}") == "2");
    CHECK(value_of(metrics, total + "\"3xx\"}") == "0");
    CHECK(value_of(metrics, total + "\"4xx\"}") == "2");
    CHECK(value_of(metrics, total + "\"5xx\"}") == "1");
}

TEST_CASE("refusals of those whom nobody knows are counted by their reason") {
    metrics metrics(labels());
    metrics.unauthenticated(unauthenticated::missing);
    metrics.unauthenticated(unauthenticated::expired);
    metrics.unauthenticated(unauthenticated::expired);
    const std::string total = "rollcall_http_unauthenticated_total{reason=";
    CHECK(value_of(metrics, total + "\"missing\"}") == "1");
    CHECK(value_of(metrics, total + "\"unknown\"}") == "0");
    CHECK(value_of(metrics, total + "\"expired\"}") == "2");
}

TEST_CASE("requests beyond a limit are counted under their client, or as nobody's") {
    metrics metrics(labels());
    client_metrics& crm = metrics.client("crm");
    crm.limited(client_excess::rate);
    crm.limited(client_excess::rate);
    const std::string total = R"(rollcall_client_limited_total{client="crm",limit=)";
    CHECK(value_of(metrics, total + "\"rate\"}") == "2");
    CHECK(value_of(metrics, total + "\"concurrency\"}") == "0");
    CHECK(value_of(metrics, "rollcall_http_unauthenticated_limited_total") == "0");
    metrics.address_limited();
    CHECK(value_of(metrics, "rollcall_http_unauthenticated_limited_total") == "1");

    CHECK(metrics.scrape().find("rollcall_access_addresses") == std::string::npos);
    std::optional<std::uint64_t> addresses = 7;
    metrics.watch_addresses([&] { return addresses; });
    CHECK(value_of(metrics, "rollcall_access_addresses") == "7");
    addresses.reset();
    CHECK(metrics.scrape().find("rollcall_access_addresses") == std::string::npos);
}

TEST_CASE("a provider's calls are counted under its name") {
    metrics metrics(labels());
    static_cast<void>(metrics.upstream("heppu"));
    auto& reps = metrics.upstream("reps");
    reps.exchanged(adapters::operation_kind::list, std::nullopt, std::chrono::milliseconds(40));
    reps.exchanged(adapters::operation_kind::get, fault::timeout, std::chrono::seconds(2));
    reps.exchanged(adapters::operation_kind::get, fault::cancelled, std::chrono::seconds(2));
    reps.retried(adapters::operation_kind::list);
    reps.cached(adapters::cache_event::coalesced);
    reps.schema_faults("status", 3);
    reps.schema_faults("no such field", 2);
    const auto count = [&](const std::string& name, const std::string& rest) {
        return value_of(metrics, "rollcall_" + name + '{' + rest + '}');
    };
    CHECK(count("upstream_requests_total", R"(operation="list",outcome="ok",provider="reps")") == "1");
    CHECK(count("upstream_requests_total", R"(operation="get",outcome="timeout",provider="reps")") == "1");
    CHECK(count("upstream_requests_total", R"(operation="get",outcome="cancelled",provider="reps")") == "1");
    CHECK(count("upstream_requests_total", R"(operation="get",outcome="timeout",provider="heppu")") == "0");
    CHECK(count("upstream_request_duration_seconds_count", R"(operation="get",provider="reps")") == "2");
    CHECK(count("upstream_retries_total", R"(operation="list",provider="reps")") == "1");
    CHECK(count("cache_events_total", R"(event="coalesced",provider="reps")") == "1");
    CHECK(count("upstream_schema_faults_total", R"(field="status",provider="reps")") == "3");
    CHECK(count("upstream_schema_faults_total", R"(field="other",provider="reps")") == "2");
    CHECK(&metrics.upstream("reps") == &reps);
}

TEST_CASE("what a provider's breaker, quota and retry budget do is counted under its name") {
    metrics metrics(labels());
    static_cast<void>(metrics.upstream("heppu"));
    auto& reps = metrics.upstream("reps");
    const auto transitions = [&](const std::string& to) {
        return value_of(metrics, R"(rollcall_upstream_breaker_transitions_total{provider="reps",to=")" + to + "\"}");
    };
    const auto sheds = [&](const std::string& provider, const std::string& reason) {
        return value_of(metrics,
                        "rollcall_upstream_shed_total{provider=\"" + provider + "\",reason=\"" + reason + "\"}");
    };
    reps.breaker_changed(adapters::breaker_state::open);
    reps.breaker_changed(adapters::breaker_state::half_open);
    reps.breaker_changed(adapters::breaker_state::open);
    reps.breaker_changed(adapters::breaker_state::half_open);
    reps.breaker_changed(adapters::breaker_state::closed);
    CHECK(transitions("open") == "2");
    CHECK(transitions("half_open") == "2");
    CHECK(transitions("closed") == "1");

    reps.shed(adapters::shed_reason::breaker);
    reps.shed(adapters::shed_reason::breaker);
    reps.shed(adapters::shed_reason::quota);
    reps.shed(adapters::shed_reason::retry_budget);
    CHECK(sheds("reps", "breaker") == "2");
    CHECK(sheds("reps", "quota") == "1");
    CHECK(sheds("reps", "retry_budget") == "1");
    CHECK(sheds("heppu", "breaker") == "0");
}

TEST_CASE("quota, breaker and retry budget are read at the scrape, and not told where there is nothing to tell") {
    metrics metrics(labels());
    std::optional<std::uint64_t> left;
    std::optional<adapters::breaker_state> state;
    const std::string remaining = R"(rollcall_upstream_quota_remaining{provider="heppu"})";
    const std::string breaker = R"(rollcall_upstream_breaker_state{provider="heppu"})";
    CHECK(metrics.scrape().find("quota_remaining") == std::string::npos);
    const std::string limit = R"(rollcall_upstream_quota_limit{provider="heppu"})";
    const std::string budget = R"(rollcall_upstream_retry_budget_remaining{provider="heppu"})";
    std::optional<unsigned> attempts;
    metrics.watch(
        {{"heppu", 60, [&left] { return left; }, [&state] { return state; }, [&attempts] { return attempts; }}}, {});
    CHECK(value_of(metrics, limit) == "60");
    CHECK(metrics.scrape().find("quota_remaining") == std::string::npos);
    CHECK(metrics.scrape().find("breaker_state") == std::string::npos);
    CHECK(metrics.scrape().find("retry_budget_remaining") == std::string::npos);
    attempts = 30;
    CHECK(value_of(metrics, budget) == "30");
    left = 60;
    state = adapters::breaker_state::closed;
    CHECK(value_of(metrics, remaining) == "60");
    CHECK(value_of(metrics, breaker) == "0");
    left = 0;
    state = adapters::breaker_state::open;
    CHECK(value_of(metrics, remaining) == "0");
    CHECK(value_of(metrics, breaker) == "2");
    state = adapters::breaker_state::half_open;
    CHECK(value_of(metrics, breaker) == "1");

    config::limits limits;
    limits.connections = 5;
    limits.in_flight = 3;
    metrics.watch({{"reps", std::nullopt, [] { return std::optional<std::uint64_t>{7}; },
                    [] { return std::optional<adapters::breaker_state>{}; }, [] { return std::optional<unsigned>{}; }}},
                  limits);
    CHECK(metrics.scrape().find("quota_limit{") == std::string::npos);
    CHECK(value_of(metrics, "rollcall_http_connections_limit") == "5");
    CHECK(value_of(metrics, "rollcall_http_requests_in_flight_limit") == "3");
    CHECK(value_of(metrics, remaining).empty());
    CHECK(value_of(metrics, breaker).empty());
    CHECK(value_of(metrics, R"(rollcall_upstream_quota_remaining{provider="reps"})") == "7");
}

TEST_CASE("reloads are counted by how they ended, and the last that took effect is known by its time") {
    metrics metrics(labels());
    const std::string ok = R"(rollcall_config_reloads_total{outcome="ok"})";
    const std::string failed = R"(rollcall_config_reloads_total{outcome="failed"})";
    const std::string last = "rollcall_config_last_reload_success_timestamp_seconds";
    metrics.loaded(system_clock::time_point{std::chrono::milliseconds{1500}});
    CHECK(value_of(metrics, ok) == "0");
    CHECK(value_of(metrics, failed) == "0");
    CHECK(value_of(metrics, last) == "1.5");
    metrics.reload_failed();
    CHECK(value_of(metrics, failed) == "1");
    CHECK(value_of(metrics, last) == "1.5");
    metrics.reloaded(system_clock::time_point{std::chrono::seconds{3}});
    CHECK(value_of(metrics, ok) == "1");
    CHECK(value_of(metrics, last) == "3");
}

TEST_CASE("a scrape tells of the build, the process, and partial answers") {
    const auto seconds = [](system_clock::time_point at) {
        return std::chrono::duration<double>(at.time_since_epoch()).count();
    };
    const double began = seconds(system_clock::now());
    metrics metrics(labels());
    metrics.partial_answer();
    CHECK(value_of(metrics, "rollcall_partial_answers_total") == "1");
    CHECK(value_of(metrics, R"(rollcall_build_info{version="1.2.3"})") == "1");
    for (const std::string name : {"process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
                                   "process_max_fds", "process_start_time_seconds", "process_threads"}) {
        CAPTURE(name);
        REQUIRE_FALSE(value_of(metrics, name).empty());
        CHECK(std::stod(value_of(metrics, name)) >= 0);
    }
    CHECK(std::stod(value_of(metrics, "process_resident_memory_bytes")) > 1e6);
    const double started = std::stod(value_of(metrics, "process_start_time_seconds"));
    CHECK(started > began - 1);
    CHECK(started < seconds(system_clock::now()) + 1);
    CHECK(std::stod(value_of(metrics, "process_start_time_seconds")) == started);
}

TEST_CASE("every metric has one help line and one type line, and no series twice") {
    metrics metrics(labels());
    serve(metrics, "/agents", 200);
    static_cast<void>(metrics.upstream("heppu"));
    std::istringstream text(metrics.scrape());
    std::set<std::string> seen;
    int helps = 0;
    int types = 0;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("# HELP ")) ++helps;
        if (line.starts_with("# TYPE ")) ++types;
        CHECK(seen.insert(line.substr(0, line.rfind(' '))).second);
    }
    CHECK(helps == types);
    CHECK(helps > 15);
}

TEST_CASE("threads may count at once") {
    metrics metrics(labels());
    std::vector<std::thread> threads;
    for (int at = 0; at < 4; ++at) {
        threads.emplace_back([&] {
            for (int times = 0; times < 1000; ++times)
                serve(metrics, "/agents", 200);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(value_of(metrics, R"(rollcall_http_requests_total{method="GET",route="/agents",status="200"})") == "4000");
    CHECK(value_of(metrics, "rollcall_http_requests_in_flight") == "0");
}

}  // namespace rollcall::gateway::testing
