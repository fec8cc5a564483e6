// Operations that a provider does not offer.
#include "gateway/api/unsupported.hpp"

#include "gateway/api/providers.hpp"
#include "gateway/http/problem.hpp"

#include <fmt/format.h>

namespace rollcall::gateway {
namespace {

awaitable<void> answer(problem problem, const request& request, response& response) {
    write_problem(response, problem, request.id);
    co_return;
}

}  // namespace

handler unsupported_on_agent(upstreams upstreams, std::string operation) {
    return [upstreams, operation = std::move(operation)](const request& request, response& response) {
        const auto [upstream, native_id] = find_by_id(upstreams, request.record);
        if (upstream == nullptr) return answer(unknown_provider_problem(), request, response);
        const adapters::provider& provider = upstream->provider();
        problem problem{
            problem_code::unsupported_operation,
            fmt::format("{} does not offer {}; it offers {}", provider.name(), operation, operations_of(provider))};
        problem.provider = provider.name();
        return answer(std::move(problem), request, response);
    };
}

handler unsupported_on_agents(std::string operation) {
    return [operation = std::move(operation)](const request& request, response& response) {
        return answer({problem_code::unsupported_operation,
                       fmt::format("no configured provider offers {}; GET /providers tells what they do", operation)},
                      request, response);
    };
}

}  // namespace rollcall::gateway
