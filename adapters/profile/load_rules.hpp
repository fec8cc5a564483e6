// The rules of one record: from where each field of a shape is read.
#pragma once

#include "config/yaml.hpp"
#include "normalizers/field_rule.hpp"
#include "normalizers/schema.hpp"

#include <cstddef>

namespace rollcall::adapters {

/// How many places of an item the rules of one record may name.
inline constexpr std::size_t pointer_maximum = 64;

/// Reads and checks the rules at `place` against the record's schema; a schema with an id needs its rule.
[[nodiscard]] normalizers::field_rules read_rules(const config::yaml::value& place, const normalizers::record& record);

}  // namespace rollcall::adapters
