// The admin listener's routes: metrics, liveness, readiness.
#pragma once

#include "gateway/http/router.hpp"
#include "gateway/telemetry/metrics.hpp"

#include <atomic>

namespace rollcall::gateway {

/// `/metrics`, `/livez`, and `/readyz`, which is 200 while `ready`. Both must outlive the routes.
[[nodiscard]] std::vector<route> admin_routes(const metrics& metrics, const std::atomic<bool>& ready);

}  // namespace rollcall::gateway
