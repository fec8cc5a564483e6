// What is asked about only when Prometheus scrapes, because it changes with time and without an event. What happens is
// counted elsewhere (metrics).
#pragma once

#include "gateway/telemetry/metrics.hpp"

#include <prometheus/metric_family.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace rollcall::gateway {

/// Each `watch` takes the place of the one before, as metrics has it. Thread-safe; the functions that it was given are
/// called one at a time.
class scrape_readings {
  public:
    void watch(std::vector<upstream_reading> readings);
    void watch_log(std::function<std::uint64_t()> lines_lost);
    void watch_addresses(std::function<std::optional<std::uint64_t>()> count);
    void watch_key_sets(std::vector<key_set_reading> readings);
    void certificate_expires(std::optional<system_clock::time_point> at);

    /// A family may be without a metric.
    [[nodiscard]] std::vector<prometheus::MetricFamily> read() const;

  private:
    void read_upstreams(std::vector<prometheus::MetricFamily>& families) const;
    void read_certificate(std::vector<prometheus::MetricFamily>& families) const;
    void read_log(std::vector<prometheus::MetricFamily>& families) const;
    void read_addresses(std::vector<prometheus::MetricFamily>& families) const;
    void read_key_sets(std::vector<prometheus::MetricFamily>& families) const;

    mutable std::mutex mutex_;
    std::vector<upstream_reading> upstreams_;
    std::optional<system_clock::time_point> certificate_expires_;
    std::function<std::uint64_t()> log_lines_lost_;
    std::function<std::optional<std::uint64_t>()> addresses_;
    std::vector<key_set_reading> key_sets_;
};

}  // namespace rollcall::gateway
