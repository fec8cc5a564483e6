// GET /agents/{id}: checking the id, looking the agent up, writing it.
#include "gateway/api/agent.hpp"

#include "gateway/access/client.hpp"
#include "gateway/api/agent_lookup.hpp"
#include "gateway/api/agents_query.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/page.hpp"
#include "gateway/http/problem.hpp"

namespace rollcall::gateway {

std::pair<adapters::upstream*, std::string_view> find_by_id(upstreams upstreams, std::string_view id,
                                                            const client* asking) {
    const auto colon = id.find(':');
    if (colon == std::string_view::npos) return {nullptr, {}};
    for (std::size_t i = 0; i < upstreams.size(); ++i) {
        if (!sees(asking, i)) continue;
        if (upstreams[i]->provider().name() == id.substr(0, colon)) return {upstreams[i].get(), id.substr(colon + 1)};
    }
    return {nullptr, {}};
}

problem unknown_provider_problem() {
    return {problem_code::unknown_provider,
            "the id names no configured provider; ids look like <provider>:<native id>"};
}

awaitable<void> agent_resource::get(const request& request, response& response) {
    parameters parameters{request.query};
    const projection projection{parameters};
    if (const auto faults = parameters.faults()) {
        write_problem(response, *faults, request.id);
        co_return;
    }
    const auto [upstream, native_id] = find_by_id(upstreams_, request.record, request.client);
    if (upstream == nullptr) {
        write_problem(response, unknown_provider_problem(), request.id);
        co_return;
    }
    const deadline until = deadline_of_calls(request);
    const auto outcome = co_await find_agent(*upstream, native_id, wants_fresh(request), request.traceparent, until);
    if (!outcome.has_value()) {
        const problem problem = problem_of(outcome.error(), upstream->provider().name());
        write_problem(response, problem, request.id);
        co_return;
    }
    const adapters::content& content = *outcome->answer.content;
    projection.append(response.body, content.page, *outcome->item);
    add_age(response, steady_clock::now() - content.received_at);
}

}  // namespace rollcall::gateway
