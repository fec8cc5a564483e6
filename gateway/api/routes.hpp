// The public API's routing table: which resource answers which path and method.
#pragma once

#include "gateway/api/agent.hpp"
#include "gateway/api/agents.hpp"
#include "gateway/api/providers.hpp"
#include "gateway/http/router.hpp"

#include <string>
#include <vector>

namespace rollcall::gateway {

/// The routes of one thread. Everything must outlive them.
[[nodiscard]] std::vector<route> public_routes(agents_resource& agents, agent_resource& agent,
                                               providers_resource& providers, upstreams upstreams);

/// The path templates of public_routes, for labels.
[[nodiscard]] std::vector<std::string> public_route_paths();

}  // namespace rollcall::gateway
