// The registry, the metrics of the clients' side, and the text that Prometheus reads.
#include "gateway/telemetry/metrics.hpp"

#include "gateway/telemetry/process_metrics.hpp"
#include "gateway/telemetry/upstream_metrics.hpp"

#include <prometheus/gauge.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>

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
    explicit implementation(const metrics_labels& labels) : upstream_families_(registry) {
        for (const std::string& route : labels.routes)
            add_route(route);
        add_route("none");
        for (const std::string& provider : labels.providers) {
            upstreams.push_back(std::make_unique<upstream_metrics>(upstream_families_, provider, labels.schema_fields));
            quotas.push_back({provider, {}});
        }
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

    /// Read when asked for: calls come back to a quota with time, and nothing happens then that could be counted.
    [[nodiscard]] prometheus::MetricFamily quotas_now() const {
        prometheus::MetricFamily family;
        family.name = "rollcall_upstream_quota_remaining";
        family.help = "Calls that a provider may still be sent now; not there where nothing limits them.";
        family.type = prometheus::MetricType::Gauge;
        for (const watched_quota& quota : quotas) {
            const auto left = quota.left ? quota.left() : std::nullopt;
            if (!left) continue;
            prometheus::ClientMetric& metric = family.metric.emplace_back();
            metric.label.push_back({"provider", quota.provider});
            metric.gauge.value = static_cast<double>(*left);
        }
        return family;
    }

    struct watched_quota {
        std::string provider;
        quota_reading left;
    };

    prometheus::Registry registry;
    std::vector<watched_quota> quotas;

  private:
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
    upstream_families upstream_families_;
    std::vector<std::unique_ptr<route_metrics>> routes_;  // the last is that of no route

  public:
    prometheus::Gauge& connections = gauge("rollcall_http_connections", "Open connections of clients.");
    prometheus::Gauge& in_flight = gauge("rollcall_http_requests_in_flight", "Requests that are being answered.");
    prometheus::Counter& partial_answers = prometheus::BuildCounter()
                                               .Name("rollcall_partial_answers_total")
                                               .Help("Answers that lack a provider's part.")
                                               .Register(registry)
                                               .Add({});
    std::vector<std::unique_ptr<upstream_metrics>> upstreams;
};

metrics::metrics(const metrics_labels& labels) : implementation_(std::make_unique<implementation>(labels)) {}

metrics::~metrics() = default;

adapters::upstream_observer& metrics::upstream(std::size_t provider) {
    return *implementation_->upstreams.at(provider);
}

void metrics::watch_quota(std::size_t provider, quota_reading left) {
    implementation_->quotas.at(provider).left = std::move(left);
}

void metrics::partial_answer() {
    implementation_->partial_answers.Increment();
}

std::string metrics::scrape() const {
    auto families = implementation_->registry.Collect();
    auto process = process_metrics().Collect();
    std::move(process.begin(), process.end(), std::back_inserter(families));
    families.push_back(implementation_->quotas_now());
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

void metrics::request_started() {
    implementation_->in_flight.Increment();
}

void metrics::request_finished(const request& request, std::string_view route, unsigned status, std::size_t,
                               steady_clock::duration took) {
    implementation_->in_flight.Decrement();
    route_metrics& counted = implementation_->route(route);
    counted.duration->Observe(seconds_of(took));
    implementation_->requests_of(counted, request.method, status).Increment();
}

void metrics::failed(std::string_view, std::string_view) {}

}  // namespace rollcall::gateway
