// What a provider knows of one agent beside the agent itself, each one record: status, insights, analytics.
#pragma once

#include "gateway/api/agent.hpp"

namespace rollcall::gateway {

class agent_records_resource {
  public:
    /// The upstreams must outlive it.
    explicit agent_records_resource(upstreams upstreams) : upstreams_(upstreams) {}

    [[nodiscard]] awaitable<void> status(const request& request, response& response);
    [[nodiscard]] awaitable<void> insights(const request& request, response& response);
    [[nodiscard]] awaitable<void> analytics(const request& request, response& response);
    [[nodiscard]] awaitable<void> conversation_analytics(const request& request, response& response);
    [[nodiscard]] awaitable<void> sales_analytics(const request& request, response& response);

  private:
    upstreams upstreams_;
};

}  // namespace rollcall::gateway
