// The agent that a request to `/agents/{id}/…` is about, and whether the operation can be had of it.
#pragma once

#include "gateway/api/agent.hpp"

#include <optional>
#include <string>
#include <utility>

namespace rollcall::gateway {

struct addressed_agent {
    adapters::upstream* upstream = nullptr;
    std::string native_id{};
};

/// Finds the provider by the request's id. The second is the problem to answer with, if there is one: unknown_provider,
/// unsupported_operation where clients cannot have `kind` of it, and not_found where the provider's call for `kind`
/// could not name the agent.
[[nodiscard]] std::pair<addressed_agent, std::optional<problem>> address(upstreams upstreams, const request& request,
                                                                         adapters::operation_kind kind);

}  // namespace rollcall::gateway
