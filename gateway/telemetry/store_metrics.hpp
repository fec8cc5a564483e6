// How the store that the replicas share is doing: counted for Prometheus, and logged when it changes.
#pragma once

#include "gateway/telemetry/access_log.hpp"
#include "store/observer.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <mutex>

namespace rollcall::gateway {

/// Thread-safe.
class store_metrics final : public store::observer {
  public:
    /// The process has so many connections to the store when all is well. The registry must outlive it.
    store_metrics(prometheus::Registry& registry, access_log& log, std::size_t connections);

    void ready() override;
    void failed(bool was_ready, std::string_view why) override;
    void commanded(store::command_outcome outcome, steady_clock::duration took) override;

  private:
    enum class state : std::uint8_t { starting, connected, alone };

    access_log& log_;
    const std::size_t connections_;
    prometheus::Gauge* connected_ = nullptr;
    std::array<prometheus::Counter*, std::size(store::command_outcome_names)> commands_{};
    prometheus::Histogram* durations_ = nullptr;

    std::mutex mutex_;
    std::size_t ready_ = 0;
    state told_ = state::starting;
};

}  // namespace rollcall::gateway
