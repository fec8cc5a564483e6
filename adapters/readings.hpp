// How a provider's answers are read: one plan for each operation of its profile. Making requests is provider.
#pragma once

#include "adapters/profile/profile.hpp"
#include "normalizers/plan.hpp"

#include <array>
#include <string_view>
#include <variant>

namespace rollcall::adapters {

/// How an operation's answer is read; monostate: the provider does not offer it.
using reading =
    std::variant<std::monostate, normalizers::list_plan, normalizers::one_plan, normalizers::acknowledgement_plan>;

/// By operation_kind.
using readings = std::array<reading, operation_count>;

/// What an operation's answer holds, one or many; null: nothing, as of delete.
[[nodiscard]] const normalizers::record* record_of(operation_kind kind);

/// The plans of all that `profile` offers. `provider` is the configured name. `profile` has been checked.
[[nodiscard]] readings compile_readings(const profile& profile, std::string_view provider,
                                        const normalizers::error_plan& errors);

}  // namespace rollcall::adapters
