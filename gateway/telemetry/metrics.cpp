// The registry, the metrics of the clients' side, and the text that Prometheus reads.
#include "gateway/telemetry/metrics.hpp"

#include "gateway/access/client.hpp"
#include "gateway/telemetry/client_metrics.hpp"
#include "gateway/telemetry/process_metrics.hpp"
#include "gateway/telemetry/store_metrics.hpp"
#include "gateway/telemetry/upstream_metrics.hpp"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>

namespace rollcall::gateway {
namespace {

/// The statuses that answers have; any other counts as `other`, the last.
constexpr std::array<unsigned, 29> statuses = {200, 201, 202, 204, 304, 400, 401, 403, 404, 405,
                                               406, 408, 409, 410, 413, 414, 415, 417, 422, 429,
                                               431, 499, 500, 501, 502, 503, 504, 505, 0};

std::size_t index_of_status(unsigned status) {
    const auto known = statuses.end() - 1;
    return static_cast<std::size_t>(std::lower_bound(statuses.begin(), known, status) - statuses.begin());
}

std::size_t slot_of_status(unsigned status) {
    const auto index = index_of_status(status);
    return index + 1 < statuses.size() && statuses[index] == status ? index : statuses.size() - 1;
}

/// The counters of one route, for each method and status; made when first needed, because most never are.
struct route_metrics {
    std::string label;
    prometheus::Histogram* duration = nullptr;
    std::array<std::array<std::atomic<prometheus::Counter*>, statuses.size()>, method_count> requests{};
};

}  // namespace

class metrics::implementation {
  public:
    explicit implementation(const metrics_labels& labels)
        : upstream_families_(registry), schema_fields_(labels.schema_fields) {
        for (const std::string& route : labels.routes)
            add_route(route);
        add_route("none");
        prometheus::BuildGauge()
            .Name("rollcall_build_info")
            .Help("Always 1; the label tells which build runs.")
            .Register(registry)
            .Add({{"version", labels.version}})
            .Set(1);
    }

    route_metrics& route(std::string_view label) {
        const auto found =
            std::find_if(routes_.begin(), routes_.end() - 1, [&](const auto& route) { return route->label == label; });
        return **found;
    }

    prometheus::Counter& requests_of(route_metrics& route, method method, unsigned status) {
        const auto slot = slot_of_status(status);
        auto& held = route.requests[static_cast<std::size_t>(method)][slot];
        auto* counter = held.load(std::memory_order_acquire);
        if (counter == nullptr) {
            // Two threads may both come here; the family gives both the same counter.
            const std::string status_label = statuses[slot] == 0 ? "other" : std::to_string(statuses[slot]);
            counter = &requests_.Add(
                {{"route", route.label}, {"method", std::string(name_of(method))}, {"status", status_label}});
            held.store(counter, std::memory_order_release);
        }
        return *counter;
    }

    upstream_metrics& upstream(const std::string& provider) {
        const std::lock_guard lock{mutex_};
        auto& held = upstreams_[provider];
        if (!held) held = std::make_unique<upstream_metrics>(upstream_families_, provider, schema_fields_);
        return *held;
    }

    client_metrics& client(const std::string& name) {
        const std::lock_guard lock{mutex_};
        auto& held = clients_[name];
        if (!held) held = std::make_unique<client_metrics>(client_requests_, client_limited_, name);
        return *held;
    }

    store::observer& store(access_log& log, std::size_t connections) {
        return store_.emplace(registry, log, connections);
    }

    void watch(std::vector<upstream_reading> readings) {
        const std::lock_guard lock{mutex_};
        readings_ = std::move(readings);
    }

    /// Read when asked for: calls come back to a quota with time, and nothing happens then that could be counted; and
    /// of a provider that was reconfigured, the former breaker may still change while its last calls end.
    [[nodiscard]] std::vector<prometheus::MetricFamily> read() const {
        std::vector<prometheus::MetricFamily> families{
            gauges("rollcall_upstream_quota_remaining",
                   "Calls that a provider may still be sent now; not there where nothing limits them."),
            gauges("rollcall_upstream_quota_limit", "Calls that a provider takes in the time of its quota."),
            gauges("rollcall_upstream_breaker_state", "A provider's circuit breaker: 0 closed, 1 half-open, 2 open.")};
        const std::lock_guard lock{mutex_};
        if (certificate_expires_) {
            prometheus::MetricFamily& expiry = families.emplace_back(
                gauges("rollcall_tls_certificate_expires_seconds",
                       "When the public listener's certificate, or one that is sent with it, expires; Unix time."));
            expiry.metric.emplace_back().gauge.value =
                std::chrono::duration<double>(certificate_expires_->time_since_epoch()).count();
        }
        if (log_lines_lost_) {
            prometheus::MetricFamily& lost = families.emplace_back();
            lost.name = "rollcall_log_lines_lost_total";
            lost.help = "Lines of the log that were not written, because it is not read as fast.";
            lost.type = prometheus::MetricType::Counter;
            lost.metric.emplace_back().counter.value = static_cast<double>(log_lines_lost_());
        }
        if (const auto count = addresses_ ? addresses_() : std::nullopt) {
            prometheus::MetricFamily& addresses = families.emplace_back(
                gauges("rollcall_access_addresses",
                       "Addresses that are counted, because requests of nobody known have come from them lately."));
            addresses.metric.emplace_back().gauge.value = static_cast<double>(*count);
        }
        prometheus::MetricFamily ages =
            gauges("rollcall_access_key_set_age_seconds",
                   "Since an issuer's keys were last given by its URL, or read from its file.");
        for (const key_set_reading& reading : key_sets_) {
            if (const auto age = reading.age()) {
                prometheus::ClientMetric& metric = ages.metric.emplace_back();
                metric.label.push_back({"issuer", reading.issuer});
                metric.gauge.value = static_cast<double>(age->count());
            }
        }
        families.push_back(std::move(ages));
        for (const upstream_reading& reading : readings_) {
            if (const auto left = reading.quota_left())
                add_gauge(families[0], reading.provider, static_cast<double>(*left));
            if (reading.quota_limit)
                add_gauge(families[1], reading.provider, static_cast<double>(*reading.quota_limit));
            if (const auto state = reading.breaker())
                add_gauge(families[2], reading.provider, static_cast<double>(*state));
        }
        return families;
    }

    void watch_log(std::function<std::uint64_t()> lines_lost) {
        const std::lock_guard lock{mutex_};
        log_lines_lost_ = std::move(lines_lost);
    }

    void watch_addresses(std::function<std::optional<std::uint64_t>()> count) {
        const std::lock_guard lock{mutex_};
        addresses_ = std::move(count);
    }

    void watch_key_sets(std::vector<key_set_reading> readings) {
        const std::lock_guard lock{mutex_};
        key_sets_ = std::move(readings);
    }

    void key_set_refreshed(const std::string& issuer, bool done) {
        key_set_refreshes_.Add({{"issuer", issuer}, {"outcome", done ? "ok" : "failed"}}).Increment();
    }

    void certificate_expires(std::optional<system_clock::time_point> at) {
        const std::lock_guard lock{mutex_};
        certificate_expires_ = at;
    }

    prometheus::Registry registry;

  private:
    static prometheus::MetricFamily gauges(const char* name, const char* help) {
        prometheus::MetricFamily family;
        family.name = name;
        family.help = help;
        family.type = prometheus::MetricType::Gauge;
        return family;
    }

    static void add_gauge(prometheus::MetricFamily& family, const std::string& provider, double value) {
        prometheus::ClientMetric& metric = family.metric.emplace_back();
        metric.label.push_back({"provider", provider});
        metric.gauge.value = value;
    }

    void add_route(const std::string& label) {
        auto route = std::make_unique<route_metrics>();
        route->label = label;
        route->duration = &durations_.Add({{"route", label}}, duration_buckets());
        routes_.push_back(std::move(route));
    }

    prometheus::Gauge& gauge(const char* name, const char* help) {
        return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
    }

    prometheus::Family<prometheus::Counter>& requests_ = prometheus::BuildCounter()
                                                             .Name("rollcall_http_requests_total")
                                                             .Help("Requests of clients; 499 is a client that left.")
                                                             .Register(registry);
    prometheus::Family<prometheus::Histogram>& durations_ =
        prometheus::BuildHistogram()
            .Name("rollcall_http_request_duration_seconds")
            .Help("From a request's arrival to the end of its answer.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& reloads_ = prometheus::BuildCounter()
                                                            .Name("rollcall_config_reloads_total")
                                                            .Help("Reloads of the configuration, by how they ended.")
                                                            .Register(registry);
    prometheus::Family<prometheus::Counter>& overloaded_ =
        prometheus::BuildCounter()
            .Name("rollcall_http_overloaded_total")
            .Help("Connections and requests of clients that were answered 503 because all places were taken.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& handshakes_ = prometheus::BuildCounter()
                                                               .Name("rollcall_tls_handshakes_total")
                                                               .Help("TLS handshakes of clients, by how they ended.")
                                                               .Register(registry);
    prometheus::Family<prometheus::Counter>& tls_reloads_ =
        prometheus::BuildCounter()
            .Name("rollcall_tls_reloads_total")
            .Help("Changes of the public listener's certificate files, by whether they are used.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& unauthenticated_ =
        prometheus::BuildCounter()
            .Name("rollcall_http_unauthenticated_total")
            .Help("Requests that were refused because it is not known whose they are.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& client_requests_ = prometheus::BuildCounter()
                                                                    .Name("rollcall_client_requests_total")
                                                                    .Help("Requests of each client, by status class.")
                                                                    .Register(registry);
    prometheus::Family<prometheus::Counter>& client_limited_ =
        prometheus::BuildCounter()
            .Name("rollcall_client_limited_total")
            .Help("Requests of each client that were answered 429, by the limit that was reached.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& key_set_refreshes_ =
        prometheus::BuildCounter()
            .Name("rollcall_access_key_set_refreshes_total")
            .Help("Times that an issuer's keys were asked of their URL or read from their file, by what came of it.")
            .Register(registry);
    upstream_families upstream_families_;
    std::vector<std::unique_ptr<route_metrics>> routes_;  // the last is that of no route
    std::vector<std::string> schema_fields_;

    mutable std::mutex mutex_;
    std::map<std::string, std::unique_ptr<upstream_metrics>> upstreams_;
    std::map<std::string, std::unique_ptr<client_metrics>> clients_;
    std::vector<upstream_reading> readings_;
    std::optional<system_clock::time_point> certificate_expires_;
    std::function<std::uint64_t()> log_lines_lost_;
    std::optional<store_metrics> store_;
    std::vector<key_set_reading> key_sets_;
    std::function<std::optional<std::uint64_t>()> addresses_;

  public:
    prometheus::Gauge& connections = gauge("rollcall_http_connections", "Open connections of clients.");
    prometheus::Gauge& connections_limit =
        gauge("rollcall_http_connections_limit", "Connections of clients that are accepted at once, at most.");
    prometheus::Gauge& in_flight =
        gauge("rollcall_http_requests_in_flight", "Requests that have begun and are not answered.");
    prometheus::Gauge& waiting = gauge("rollcall_http_requests_waiting", "Requests that wait for their turn.");
    prometheus::Gauge& in_flight_limit =
        gauge("rollcall_http_requests_in_flight_limit", "Requests that are answered at once, at most.");
    const std::array<prometheus::Counter*, std::size(client_limit_names)> overloaded{
        &overloaded_.Add({{"limit", std::string(client_limit_names[0])}}),
        &overloaded_.Add({{"limit", std::string(client_limit_names[1])}})};
    const std::vector<prometheus::Counter*> handshakes = [this] {
        std::vector<prometheus::Counter*> counters;
        for (const std::string_view outcome : tls_outcome_names)
            counters.push_back(&handshakes_.Add({{"outcome", std::string(outcome)}}));
        return counters;
    }();
    prometheus::Counter& tls_reloads_done = tls_reloads_.Add({{"outcome", "ok"}});
    prometheus::Counter& tls_reloads_failed = tls_reloads_.Add({{"outcome", "failed"}});
    const std::array<prometheus::Counter*, std::size(unauthenticated_names)> unauthenticated = [this] {
        std::array<prometheus::Counter*, std::size(unauthenticated_names)> counters{};
        for (std::size_t i = 0; i < counters.size(); ++i)
            counters[i] = &unauthenticated_.Add({{"reason", std::string(unauthenticated_names[i])}});
        return counters;
    }();
    prometheus::Counter& address_limited = prometheus::BuildCounter()
                                               .Name("rollcall_http_unauthenticated_limited_total")
                                               .Help(
                                                   "Requests of nobody known that were answered 429 because too many "
                                                   "have come from their address.")
                                               .Register(registry)
                                               .Add({});
    prometheus::Counter& partial_answers = prometheus::BuildCounter()
                                               .Name("rollcall_partial_answers_total")
                                               .Help("Answers that lack a provider's part.")
                                               .Register(registry)
                                               .Add({});
    prometheus::Counter& reloads_done = reloads_.Add({{"outcome", "ok"}});
    prometheus::Counter& reloads_failed = reloads_.Add({{"outcome", "failed"}});
    prometheus::Gauge& last_load = gauge("rollcall_config_last_reload_success_timestamp_seconds",
                                         "When the configuration that is served was read; the start counts.");
};

metrics::metrics(const metrics_labels& labels) : implementation_(std::make_unique<implementation>(labels)) {}

metrics::~metrics() = default;

adapters::upstream_observer& metrics::upstream(const std::string& provider) {
    return implementation_->upstream(provider);
}

void metrics::watch(std::vector<upstream_reading> readings, const config::limits& limits) {
    implementation_->watch(std::move(readings));
    implementation_->connections_limit.Set(static_cast<double>(limits.connections));
    implementation_->in_flight_limit.Set(static_cast<double>(limits.in_flight));
}

void metrics::watch_log(std::function<std::uint64_t()> lines_lost) {
    implementation_->watch_log(std::move(lines_lost));
}

void metrics::loaded(system_clock::time_point now) {
    implementation_->last_load.Set(std::chrono::duration<double>(now.time_since_epoch()).count());
}

void metrics::reloaded(system_clock::time_point now) {
    loaded(now);
    implementation_->reloads_done.Increment();
}

void metrics::reload_failed() {
    implementation_->reloads_failed.Increment();
}

void metrics::certificate_expires(std::optional<system_clock::time_point> at) {
    implementation_->certificate_expires(at);
}

void metrics::tls_reloaded(bool done) {
    (done ? implementation_->tls_reloads_done : implementation_->tls_reloads_failed).Increment();
}

void metrics::address_limited() {
    implementation_->address_limited.Increment();
}

void metrics::watch_addresses(std::function<std::optional<std::uint64_t>()> count) {
    implementation_->watch_addresses(std::move(count));
}

void metrics::watch_key_sets(std::vector<key_set_reading> readings) {
    implementation_->watch_key_sets(std::move(readings));
}

void metrics::key_set_refreshed(const std::string& issuer, bool done) {
    implementation_->key_set_refreshed(issuer, done);
}

void metrics::partial_answer() {
    implementation_->partial_answers.Increment();
}

std::string metrics::scrape() const {
    auto families = implementation_->registry.Collect();
    auto process = process_metrics().Collect();
    std::move(process.begin(), process.end(), std::back_inserter(families));
    auto readings = implementation_->read();
    std::move(readings.begin(), readings.end(), std::back_inserter(families));
    // A family without a metric would be a help line that tells of nothing.
    std::erase_if(families, [](const prometheus::MetricFamily& family) { return family.metric.empty(); });
    return prometheus::TextSerializer().Serialize(families);
}

void metrics::connection_opened() {
    implementation_->connections.Increment();
}

void metrics::connection_closed() {
    implementation_->connections.Decrement();
}

void metrics::tls_handshake(tls_outcome outcome, std::string_view) {
    implementation_->handshakes[static_cast<std::size_t>(outcome)]->Increment();
}

void metrics::overloaded(client_limit reached) {
    implementation_->overloaded[static_cast<std::size_t>(reached)]->Increment();
}

void metrics::request_started() {
    implementation_->in_flight.Increment();
}

void metrics::request_waits(bool waits) {
    implementation_->waiting.Increment(waits ? 1 : -1);
}

void metrics::request_finished(const request& request, std::string_view route, unsigned status, std::size_t,
                               steady_clock::duration took) {
    implementation_->in_flight.Decrement();
    route_metrics& counted = implementation_->route(route);
    counted.duration->Observe(seconds_of(took));
    implementation_->requests_of(counted, request.method, status).Increment();
    if (request.client != nullptr && request.client->requests != nullptr) request.client->requests->answered(status);
}

client_metrics& metrics::client(const std::string& name) {
    return implementation_->client(name);
}

store::observer& metrics::store(access_log& log, std::size_t connections) {
    return implementation_->store(log, connections);
}

void metrics::unauthenticated(gateway::unauthenticated why) {
    implementation_->unauthenticated[static_cast<std::size_t>(why)]->Increment();
}

void metrics::failed(std::string_view, std::string_view) {}

}  // namespace rollcall::gateway
