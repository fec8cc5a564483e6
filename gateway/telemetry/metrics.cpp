// The registry, and the text that Prometheus reads. What is counted of whom is in the files beside.
#include "gateway/telemetry/metrics.hpp"

#include "gateway/telemetry/client_metrics.hpp"
#include "gateway/telemetry/http_metrics.hpp"
#include "gateway/telemetry/process_metrics.hpp"
#include "gateway/telemetry/scrape_readings.hpp"
#include "gateway/telemetry/store_metrics.hpp"
#include "gateway/telemetry/upstream_metrics.hpp"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <map>
#include <mutex>

namespace rollcall::gateway {

class metrics::implementation {
  public:
    explicit implementation(const metrics_labels& labels)
        : http(registry, labels.routes), upstream_families_(registry), schema_fields_(labels.schema_fields) {
        prometheus::BuildGauge()
            .Name("rollcall_build_info")
            .Help("Always 1; the label tells which build runs.")
            .Register(registry)
            .Add({{"version", labels.version}})
            .Set(1);
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

    prometheus::Counter& key_set_refreshes(const std::string& issuer, bool done) {
        return key_set_refreshes_.Add({{"issuer", issuer}, {"outcome", done ? "ok" : "failed"}});
    }

    prometheus::Registry registry;
    http_metrics http;
    scrape_readings readings;
    process_metrics process;

  private:
    prometheus::Family<prometheus::Counter>& counters(const char* name, const char* help) {
        return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    }

    upstream_families upstream_families_;
    prometheus::Family<prometheus::Counter>& client_requests_ =
        counters("rollcall_client_requests_total", "Requests of each client, by status class.");
    prometheus::Family<prometheus::Counter>& client_limited_ =
        counters("rollcall_client_limited_total",
                 "Requests of each client that were answered 429, by the limit that was reached.");
    prometheus::Family<prometheus::Counter>& key_set_refreshes_ =
        counters("rollcall_access_key_set_refreshes_total",
                 "Times that an issuer's keys were asked of their URL or read from their file, by what came of it.");
    prometheus::Family<prometheus::Counter>& reloads_ =
        counters("rollcall_config_reloads_total", "Reloads of the configuration, by how they ended.");
    prometheus::Family<prometheus::Counter>& tls_reloads_ = counters(
        "rollcall_tls_reloads_total", "Changes of the public listener's certificate files, by whether they are used.");
    std::vector<std::string> schema_fields_;

    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<upstream_metrics>> upstreams_;
    std::map<std::string, std::unique_ptr<client_metrics>> clients_;
    std::optional<store_metrics> store_;

  public:
    prometheus::Counter& reloads_done = reloads_.Add({{"outcome", "ok"}});
    prometheus::Counter& reloads_failed = reloads_.Add({{"outcome", "failed"}});
    prometheus::Counter& tls_reloads_done = tls_reloads_.Add({{"outcome", "ok"}});
    prometheus::Counter& tls_reloads_failed = tls_reloads_.Add({{"outcome", "failed"}});
    prometheus::Gauge& last_load = prometheus::BuildGauge()
                                       .Name("rollcall_config_last_reload_success_timestamp_seconds")
                                       .Help("When the configuration that is served was read; the start counts.")
                                       .Register(registry)
                                       .Add({});
};

metrics::metrics(const metrics_labels& labels) : implementation_(std::make_unique<implementation>(labels)) {}

metrics::~metrics() = default;

adapters::upstream_observer& metrics::upstream(const std::string& provider) {
    return implementation_->upstream(provider);
}

void metrics::watch(std::vector<upstream_reading> readings, const config::limits& limits) {
    implementation_->readings.watch(std::move(readings));
    implementation_->http.connections_limit.Set(static_cast<double>(limits.connections));
    implementation_->http.in_flight_limit.Set(static_cast<double>(limits.in_flight));
}

void metrics::watch_log(std::function<std::uint64_t()> lines_lost) {
    implementation_->readings.watch_log(std::move(lines_lost));
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
    implementation_->readings.certificate_expires(at);
}

void metrics::tls_reloaded(bool done) {
    (done ? implementation_->tls_reloads_done : implementation_->tls_reloads_failed).Increment();
}

void metrics::address_limited() {
    implementation_->http.address_limited.Increment();
}

void metrics::watch_addresses(std::function<std::optional<std::uint64_t>()> count) {
    implementation_->readings.watch_addresses(std::move(count));
}

void metrics::watch_key_sets(std::vector<key_set_reading> readings) {
    // Both are there before anything happens, because a rate cannot see the first count of a series that begins with
    // it.
    for (const key_set_reading& reading : readings) {
        implementation_->key_set_refreshes(reading.issuer, true);
        implementation_->key_set_refreshes(reading.issuer, false);
    }
    implementation_->readings.watch_key_sets(std::move(readings));
}

void metrics::key_set_refreshed(const std::string& issuer, bool done) {
    implementation_->key_set_refreshes(issuer, done).Increment();
}

void metrics::partial_answer() {
    implementation_->http.partial_answers.Increment();
}

std::string metrics::scrape() const {
    auto families = implementation_->registry.Collect();
    auto process = implementation_->process.Collect();
    std::move(process.begin(), process.end(), std::back_inserter(families));
    auto readings = implementation_->readings.read();
    std::move(readings.begin(), readings.end(), std::back_inserter(families));
    // A family without a metric would be a help line that tells of nothing.
    std::erase_if(families, [](const prometheus::MetricFamily& family) { return family.metric.empty(); });
    return prometheus::TextSerializer().Serialize(families);
}

void metrics::connection_opened() {
    implementation_->http.connections.Increment();
}

void metrics::connection_closed() {
    implementation_->http.connections.Decrement();
}

void metrics::tls_handshake(tls_outcome outcome, std::string_view) {
    implementation_->http.handshakes[static_cast<std::size_t>(outcome)]->Increment();
}

void metrics::overloaded(client_limit reached) {
    implementation_->http.overloaded[static_cast<std::size_t>(reached)]->Increment();
}

void metrics::request_started() {
    implementation_->http.in_flight.Increment();
}

void metrics::request_waits(bool waits) {
    implementation_->http.waiting.Increment(waits ? 1 : -1);
}

void metrics::request_finished(const request& request, std::string_view route, unsigned status, std::size_t,
                               steady_clock::duration took) {
    implementation_->http.finished(request, route, status, took);
}

client_metrics& metrics::client(const std::string& name) {
    return implementation_->client(name);
}

store::observer& metrics::store(access_log& log, std::size_t connections) {
    return implementation_->store(log, connections);
}

void metrics::unauthenticated(gateway::unauthenticated why) {
    implementation_->http.unauthenticated[static_cast<std::size_t>(why)]->Increment();
}

void metrics::failed(std::string_view, std::string_view) {}

}  // namespace rollcall::gateway
