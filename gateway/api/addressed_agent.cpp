// The agent that a request is about.
#include "gateway/api/addressed_agent.hpp"

#include "gateway/api/operations.hpp"

namespace rollcall::gateway {

std::pair<addressed_agent, std::optional<problem>> address(upstreams upstreams, const request& request,
                                                           adapters::operation_kind kind) {
    const auto [upstream, native_id] = find_by_id(upstreams, request.record, request.client);
    if (upstream == nullptr) return {{}, unknown_provider_problem()};
    const adapters::provider& provider = upstream->provider();
    addressed_agent agent{upstream, std::string{native_id}};
    if (!can_have(provider, kind)) return {std::move(agent), unsupported_operation(provider, kind)};
    if (provider.offers(kind) && !adapters::provider::can_address(native_id)) {
        problem problem{problem_code::not_found, "the provider has no agent with that id"};
        problem.provider = provider.name();
        return {std::move(agent), std::move(problem)};
    }
    return {std::move(agent), std::nullopt};
}

}  // namespace rollcall::gateway
