// What one agent has many of, page by page: its conversations and its sales.
#pragma once

#include "gateway/api/agent.hpp"
#include "gateway/roster/cursor.hpp"

namespace rollcall::gateway {

class agent_lists_resource {
  public:
    /// Both must outlive it.
    agent_lists_resource(upstreams upstreams, cursor_codec& cursors) : upstreams_(upstreams), cursors_(cursors) {}

    [[nodiscard]] awaitable<void> conversations(const request& request, response& response);
    [[nodiscard]] awaitable<void> sales(const request& request, response& response);

  private:
    upstreams upstreams_;
    cursor_codec& cursors_;
};

}  // namespace rollcall::gateway
