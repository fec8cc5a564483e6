// Counting what clients ask and are answered.
#include "gateway/telemetry/http_metrics.hpp"

#include "gateway/access/client.hpp"
#include "gateway/telemetry/client_metrics.hpp"
#include "gateway/telemetry/upstream_metrics.hpp"

#include <algorithm>
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

prometheus::Family<prometheus::Counter>& counters(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Gauge& gauge(prometheus::Registry& registry, const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

/// One counter for each name that the label may have.
template<std::size_t Count>
void hold(std::array<prometheus::Counter*, Count>& held, prometheus::Family<prometheus::Counter>& family,
          const char* label, const std::string_view (&names)[Count]) {
    for (std::size_t i = 0; i < Count; ++i)
        held[i] = &family.Add({{label, std::string(names[i])}});
}

}  // namespace

/// The counters of one route, for each method and status; made when first needed, because most never are.
struct http_metrics::route_metrics {
    std::string label;
    prometheus::Histogram* duration = nullptr;
    std::array<std::array<std::atomic<prometheus::Counter*>, statuses.size()>, method_count> requests{};
};

http_metrics::http_metrics(prometheus::Registry& registry, const std::vector<std::string>& routes)
    : connections(gauge(registry, "rollcall_http_connections", "Open connections of clients.")),
      connections_limit(gauge(registry, "rollcall_http_connections_limit",
                              "Connections of clients that are accepted at once, at most.")),
      in_flight(gauge(registry, "rollcall_http_requests_in_flight", "Requests that have begun and are not answered.")),
      waiting(gauge(registry, "rollcall_http_requests_waiting", "Requests that wait for their turn.")),
      in_flight_limit(
          gauge(registry, "rollcall_http_requests_in_flight_limit", "Requests that are answered at once, at most.")),
      address_limited(counters(registry, "rollcall_http_unauthenticated_limited_total",
                               "Requests of nobody known that were answered 429 because too many have come from their "
                               "address.")
                          .Add({})),
      partial_answers(
          counters(registry, "rollcall_partial_answers_total", "Answers that lack a provider's part.").Add({})),
      requests_(counters(registry, "rollcall_http_requests_total", "Requests of clients; 499 is a client that left.")),
      durations_(prometheus::BuildHistogram()
                     .Name("rollcall_http_request_duration_seconds")
                     .Help("From a request's arrival to the end of its answer.")
                     .Register(registry)) {
    hold(overloaded,
         counters(registry, "rollcall_http_overloaded_total",
                  "Connections and requests of clients that were answered 503 because all places were taken."),
         "limit", client_limit_names);
    hold(handshakes,
         counters(registry, "rollcall_tls_handshakes_total", "TLS handshakes of clients, by how they ended."),
         "outcome", tls_outcome_names);
    hold(unauthenticated,
         counters(registry, "rollcall_http_unauthenticated_total",
                  "Requests that were refused because it is not known whose they are."),
         "reason", unauthenticated_names);
    for (const std::string& route : routes)
        add_route(route);
    add_route("none");
}

http_metrics::~http_metrics() = default;

void http_metrics::finished(const request& request, std::string_view route_label, unsigned status,
                            steady_clock::duration took) {
    in_flight.Decrement();
    route_metrics& counted = route(route_label);
    counted.duration->Observe(seconds_of(took));
    requests_of(counted, request.method, status).Increment();
    if (request.client != nullptr && request.client->requests != nullptr) request.client->requests->answered(status);
}

void http_metrics::add_route(const std::string& label) {
    auto route = std::make_unique<route_metrics>();
    route->label = label;
    route->duration = &durations_.Add({{"route", label}}, duration_buckets());
    routes_.push_back(std::move(route));
}

http_metrics::route_metrics& http_metrics::route(std::string_view label) {
    const auto found =
        std::find_if(routes_.begin(), routes_.end() - 1, [&](const auto& route) { return route->label == label; });
    return **found;
}

prometheus::Counter& http_metrics::requests_of(route_metrics& route, method method, unsigned status) {
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

}  // namespace rollcall::gateway
