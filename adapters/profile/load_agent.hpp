// The `agent` of a profile: from where each field of the one shape is read.
#pragma once

#include "config/yaml.hpp"
#include "normalizers/field_rule.hpp"

#include <cstddef>

namespace rollcall::adapters {

/// How many places of an item the rules of one profile may name.
inline constexpr std::size_t pointer_maximum = 64;

/// Reads and checks the rules against the Agent's schema.
[[nodiscard]] normalizers::field_rules read_agent(const config::yaml::value& agent);

}  // namespace rollcall::adapters
