// The metrics of the calls to one provider. The registry that holds them is metrics.
#pragma once

#include "adapters/observer.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::gateway {

/// From a millisecond to the longest that a client waits with usual settings, in seconds.
[[nodiscard]] const prometheus::Histogram::BucketBoundaries& duration_buckets();

[[nodiscard]] double seconds_of(steady_clock::duration duration);

/// The families that all providers share.
struct upstream_families {
    explicit upstream_families(prometheus::Registry& registry);

    prometheus::Family<prometheus::Counter>& requests;
    prometheus::Family<prometheus::Histogram>& durations;
    prometheus::Family<prometheus::Counter>& retries;
    prometheus::Family<prometheus::Counter>& hedges;
    prometheus::Family<prometheus::Counter>& cache_events;
    prometheus::Family<prometheus::Counter>& schema_faults;
    prometheus::Family<prometheus::Counter>& breaker_transitions;
    prometheus::Family<prometheus::Counter>& sheds;
    prometheus::Family<prometheus::Gauge>& connections;
};

/// Holds each counter and gauge of one provider. Thread-safe.
class upstream_metrics final : public adapters::upstream_observer {
  public:
    upstream_metrics(upstream_families& families, const std::string& provider, const std::vector<std::string>& fields);

    void exchanged(adapters::operation_kind operation, std::optional<fault> outcome,
                   steady_clock::duration took) override;
    void retried(adapters::operation_kind operation) override;
    void hedged(bool won) override;
    void cached(adapters::cache_event event) override;
    void breaker_changed(adapters::breaker_state now) override;
    void shed(adapters::shed_reason reason) override;
    void connections_changed(int by) override;
    void schema_faults(std::string_view field, std::uint32_t count) override;

  private:
    struct operation_metrics {
        std::array<prometheus::Counter*, fault_count + 1> outcomes{};  ///< success, then each fault
        prometheus::Histogram* duration = nullptr;
        prometheus::Counter* retries = nullptr;
    };

    std::array<operation_metrics, std::size(adapters::operation_names)> operations_{};
    prometheus::Counter* hedges_won_ = nullptr;
    prometheus::Counter* hedges_lost_ = nullptr;
    std::array<prometheus::Counter*, std::size(adapters::cache_event_names)> cache_events_{};
    std::array<prometheus::Counter*, std::size(adapters::breaker_state_names)> breaker_transitions_{};
    std::array<prometheus::Counter*, std::size(adapters::shed_reason_names)> sheds_{};
    prometheus::Gauge* connections_ = nullptr;
    std::vector<std::pair<std::string, prometheus::Counter*>> schema_faults_;
    prometheus::Counter* other_schema_faults_ = nullptr;
};

}  // namespace rollcall::gateway
