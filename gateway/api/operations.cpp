// What clients may do with a provider's agents.
#include "gateway/api/operations.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace rollcall::gateway {

bool can_have(const adapters::provider& provider, adapters::operation_kind kind) {
    const bool made_of_others = kind == adapters::operation_kind::get || kind == adapters::operation_kind::status;
    return made_of_others || provider.offers(kind);
}

std::vector<adapters::operation_kind> operations_of(const adapters::provider& provider) {
    std::vector<adapters::operation_kind> operations;
    for (std::size_t i = 0; i < adapters::operation_count; ++i) {
        const auto kind = static_cast<adapters::operation_kind>(i);
        if (can_have(provider, kind)) operations.push_back(kind);
    }
    return operations;
}

problem unsupported_operation(const adapters::provider& provider, adapters::operation_kind kind) {
    std::vector<std::string_view> names;
    for (const adapters::operation_kind offered : operations_of(provider))
        names.push_back(name_of(offered));
    problem problem{
        problem_code::unsupported_operation,
        fmt::format("{} does not offer {}; it offers {}", provider.name(), name_of(kind), fmt::join(names, ", "))};
    problem.provider = provider.name();
    return problem;
}

}  // namespace rollcall::gateway
