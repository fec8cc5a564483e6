// The public API's routing table.
#include "gateway/api/routes.hpp"

#include "gateway/api/unsupported.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::string_view agent_path = "/agents/{id}";

/// What stands behind an agent's path, and the operation that it is.
constexpr std::pair<std::string_view, std::string_view> sub_resources[] = {
    {"/status", "status"},
    {"/insights", "insights"},
    {"/conversations", "conversations"},
    {"/sales", "sales"},
    {"/analytics", "analytics"},
    {"/analytics/conversations", "conversation analytics"},
    {"/analytics/sales", "sales analytics"},
};

}  // namespace

std::vector<route> public_routes(agents_resource& agents, agent_resource& agent, providers_resource& providers,
                                 upstreams upstreams) {
    std::vector<route> routes;
    routes.push_back({"/agents",
                      {{method::get, [&agents](const request& request,
                                               response& response) { return agents.list(request, response); }},
                       {method::post, unsupported_on_agents("create")}}});
    routes.push_back(
        {std::string{agent_path},
         {{method::get, [&agent](const request& request, response& response) { return agent.get(request, response); }},
          {method::patch, unsupported_on_agent(upstreams, "update")},
          {method::delete_, unsupported_on_agent(upstreams, "delete")}}});
    for (const auto& [path, operation] : sub_resources) {
        routes.push_back({std::string{agent_path} + std::string{path},
                          {{method::get, unsupported_on_agent(upstreams, std::string{operation})}}});
    }
    routes.push_back({"/providers", {{method::get, [&providers](const request& request, response& response) {
                                          return providers.list(request, response);
                                      }}}});
    return routes;
}

std::vector<std::string> public_route_paths() {
    std::vector<std::string> paths{"/agents", std::string{agent_path}, "/providers"};
    for (const auto& [path, operation] : sub_resources)
        paths.push_back(std::string{agent_path} + std::string{path});
    return paths;
}

}  // namespace rollcall::gateway
