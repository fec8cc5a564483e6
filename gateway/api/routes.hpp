// The public API's routing table: which resource answers which path and method.
#pragma once

#include "gateway/api/agent.hpp"
#include "gateway/api/agent_lists.hpp"
#include "gateway/api/agent_records.hpp"
#include "gateway/api/agent_writes.hpp"
#include "gateway/api/agents.hpp"
#include "gateway/api/providers.hpp"
#include "gateway/http/router.hpp"
#include "gateway/openapi/document.hpp"

#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// The resources of one thread.
struct public_resources {
    agents_resource* agents;
    agent_resource* agent;
    agent_writes_resource* writes;
    agent_records_resource* records;
    agent_lists_resource* lists;
    providers_resource* providers;
    const openapi_resource* openapi;
};

/// The routes of one thread; the resources must outlive them. All of them answer JSON, and refuse clients that accept
/// none.
[[nodiscard]] std::vector<route> public_routes(const public_resources& resources);

/// A path template and a method that public_routes serves.
struct public_route {
    std::string_view path;
    gateway::method method;
};

/// All of them, those of one path together.
[[nodiscard]] std::vector<public_route> public_route_table();

}  // namespace rollcall::gateway
