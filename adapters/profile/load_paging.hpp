// The `paging` and `filters` of a profile: the parameters of a list call, and how its answer leads to the next.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/yaml.hpp"

namespace rollcall::adapters {

/// Reads `paging` and `filters` into `out`, whose operations and `agent` must be read: names must differ from those of
/// the list calls, and a filter must agree with how the agent's field is read.
void read_paging(const config::yaml::value& paging, const config::yaml::value& filters, profile& out);

}  // namespace rollcall::adapters
