// The process_* metrics that every Prometheus client library has, read from /proc when they are asked for (Linux).
#pragma once

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include <vector>

namespace rollcall::gateway {

/// Stateless. What /proc does not tell is left out.
class process_metrics final : public prometheus::Collectable {
  public:
    [[nodiscard]] std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace rollcall::gateway
