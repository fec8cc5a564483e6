// GET /providers: what is configured, what each provider offers, and how it has been doing.
#pragma once

#include "adapters/health.hpp"
#include "adapters/pipeline/breaker_layer.hpp"
#include "adapters/pipeline/quota_layer.hpp"
#include "adapters/pipeline/shared_retry_budget.hpp"
#include "adapters/provider.hpp"
#include "gateway/http/message.hpp"

#include <memory>
#include <vector>

namespace rollcall::gateway {

/// One provider as this resource sees it.
struct provider_entry {
    const adapters::provider* provider = nullptr;
    const adapters::health* health = nullptr;
    const adapters::shared_breaker* breaker = nullptr;
    const adapters::shared_quota* quota = nullptr;
    const adapters::shared_retry_budget* retry_budget = nullptr;
};

class providers_resource {
  public:
    /// In the configured order.
    explicit providers_resource(std::vector<provider_entry> entries) : entries_(std::move(entries)) {}

    [[nodiscard]] awaitable<void> list(const request& request, response& response);

  private:
    std::vector<provider_entry> entries_;
};

}  // namespace rollcall::gateway
