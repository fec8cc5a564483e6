// What clients may do with a provider's agents: the operations of its profile, and those that the gateway makes of
// others.
#pragma once

#include "adapters/provider.hpp"
#include "gateway/http/problem.hpp"

#include <vector>

namespace rollcall::gateway {

/// Can clients have the operation? Beyond what its profile describes: `get`, by its list, and `status`, from the agent
/// itself.
[[nodiscard]] bool can_have(const adapters::provider& provider, adapters::operation_kind kind);

/// All that clients can have, in the order of operation_kind.
[[nodiscard]] std::vector<adapters::operation_kind> operations_of(const adapters::provider& provider);

/// The refusal of an operation that clients cannot have; it names those that they can.
[[nodiscard]] problem unsupported_operation(const adapters::provider& provider, adapters::operation_kind kind);

}  // namespace rollcall::gateway
