// The metrics of the clients' side: connections, requests, and what was refused. The registry that holds them is
// metrics; those of one client are client_metrics.
#pragma once

#include "gateway/access/authenticator.hpp"
#include "gateway/http/listener.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// Thread-safe.
class http_metrics {
  public:
    /// `routes`: path templates; a request of no route counts as `none`. The registry must outlive it.
    http_metrics(prometheus::Registry& registry, const std::vector<std::string>& routes);
    ~http_metrics();
    http_metrics(const http_metrics&) = delete;
    http_metrics& operator=(const http_metrics&) = delete;

    void finished(const request& request, std::string_view route, unsigned status, steady_clock::duration took);

    prometheus::Gauge& connections;
    prometheus::Gauge& connections_limit;
    prometheus::Gauge& in_flight;
    prometheus::Gauge& waiting;
    prometheus::Gauge& in_flight_limit;
    prometheus::Counter& address_limited;
    prometheus::Counter& partial_answers;
    std::array<prometheus::Counter*, std::size(client_limit_names)> overloaded{};
    std::array<prometheus::Counter*, std::size(tls_outcome_names)> handshakes{};
    std::array<prometheus::Counter*, std::size(unauthenticated_names)> unauthenticated{};

  private:
    struct route_metrics;

    void add_route(const std::string& label);
    [[nodiscard]] route_metrics& route(std::string_view label);
    [[nodiscard]] prometheus::Counter& requests_of(route_metrics& route, method method, unsigned status);

    prometheus::Family<prometheus::Counter>& requests_;
    prometheus::Family<prometheus::Histogram>& durations_;
    std::vector<std::unique_ptr<route_metrics>> routes_;  // the last is that of no route
};

}  // namespace rollcall::gateway
