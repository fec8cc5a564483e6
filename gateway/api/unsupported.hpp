// Operations that a provider does not offer: a clear refusal that names those it does.
#pragma once

#include "gateway/api/agent.hpp"

#include <string>

namespace rollcall::gateway {

/// The handler of a route `/agents/{id}…` for `operation`, which no profile describes. The upstreams must outlive it.
[[nodiscard]] handler unsupported_on_agent(upstreams upstreams, std::string operation);

/// The same for `POST /agents`, whose provider stands in the body.
[[nodiscard]] handler unsupported_on_agents(std::string operation);

}  // namespace rollcall::gateway
