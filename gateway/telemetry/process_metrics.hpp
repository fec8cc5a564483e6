// The process_* metrics that every Prometheus client library has, read from /proc when they are asked for (Linux).
#pragma once

#include "base/clock.hpp"

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace rollcall::gateway {

/// What /proc does not tell is left out. To be made as the process starts: a service that sees only its own processes
/// cannot read in /proc when that was.
class process_metrics final : public prometheus::Collectable {
  public:
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;

  private:
    system_clock::time_point started_ = system_clock::now();
};

}  // namespace rollcall::gateway
