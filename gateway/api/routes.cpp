// The public API's routing table.
#include "gateway/api/routes.hpp"

#include "gateway/http/accept.hpp"
#include "gateway/http/problem.hpp"

namespace rollcall::gateway {
namespace {

using action = awaitable<void> (*)(const public_resources&, const request&, response&);

struct row {
    std::string_view path;
    gateway::method method;
    gateway::action action;
};

template<auto resource, auto member>
awaitable<void> call(const public_resources& resources, const request& request, response& response) {
    return ((resources.*resource)->*member)(request, response);
}

constexpr auto agents = &public_resources::agents;
constexpr auto agent = &public_resources::agent;
constexpr auto writes = &public_resources::writes;
constexpr auto records = &public_resources::records;
constexpr auto lists = &public_resources::lists;
constexpr auto providers = &public_resources::providers;
constexpr auto openapi = &public_resources::openapi;

/// Those of one path stand together.
constexpr row rows[] = {
    {"/agents", method::get, call<agents, &agents_resource::list>},
    {"/agents", method::post, call<writes, &agent_writes_resource::create>},
    {"/agents/{id}", method::get, call<agent, &agent_resource::get>},
    {"/agents/{id}", method::patch, call<writes, &agent_writes_resource::update>},
    {"/agents/{id}", method::delete_, call<writes, &agent_writes_resource::remove>},
    {"/agents/{id}/status", method::get, call<records, &agent_records_resource::status>},
    {"/agents/{id}/insights", method::get, call<records, &agent_records_resource::insights>},
    {"/agents/{id}/conversations", method::get, call<lists, &agent_lists_resource::conversations>},
    {"/agents/{id}/sales", method::get, call<lists, &agent_lists_resource::sales>},
    {"/agents/{id}/analytics", method::get, call<records, &agent_records_resource::analytics>},
    {"/agents/{id}/analytics/conversations", method::get,
     call<records, &agent_records_resource::conversation_analytics>},
    {"/agents/{id}/analytics/sales", method::get, call<records, &agent_records_resource::sales_analytics>},
    {"/providers", method::get, call<providers, &providers_resource::list>},
    {"/openapi.json", method::get, call<openapi, &openapi_resource::get>},
};

awaitable<void> refuse_representation(const request& request, response& response) {
    const problem refused{problem_code::not_acceptable, "every answer is application/json"};
    write_problem(response, refused, request.id);
    co_return;
}

}  // namespace

std::vector<route> public_routes(const public_resources& resources) {
    std::vector<route> routes;
    for (const row& row : rows) {
        if (routes.empty() || routes.back().path != row.path) routes.push_back({std::string{row.path}, {}});
        const auto handle = [resources, act = row.action](const request& request, response& response) {
            return accepts_json(request) ? act(resources, request, response) : refuse_representation(request, response);
        };
        routes.back().handlers.emplace_back(row.method, handle);
    }
    return routes;
}

std::vector<public_route> public_route_table() {
    std::vector<public_route> table;
    for (const row& row : rows)
        table.push_back({row.path, row.method});
    return table;
}

}  // namespace rollcall::gateway
