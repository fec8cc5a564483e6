// GET /agents/{id}: one agent, from the provider that its id names.
#pragma once

#include "adapters/upstream.hpp"
#include "gateway/http/problem.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace rollcall::gateway {

/// The upstreams of one thread, in the configured order.
using upstreams = std::span<const std::unique_ptr<adapters::upstream>>;

/// The upstream and the native id that an agent's id `<provider>:<native id>` names. The upstream is null where
/// `asking` sees none by that name.
[[nodiscard]] std::pair<adapters::upstream*, std::string_view> find_by_id(upstreams upstreams, std::string_view id,
                                                                          const client* asking);

/// The answer to an id that names none.
[[nodiscard]] problem unknown_provider_problem();

class agent_resource {
  public:
    /// The upstreams must outlive it.
    explicit agent_resource(upstreams upstreams) : upstreams_(upstreams) {}

    [[nodiscard]] awaitable<void> get(const request& request, response& response);

  private:
    upstreams upstreams_;
};

}  // namespace rollcall::gateway
