// The rules of a profile, record by record, and whether its operations read all of them and no others.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/yaml.hpp"

namespace rollcall::adapters {

/// Reads `agent`, `status`, `conversation`, `sale` and `analytics`, members of `keys`, into `out`, whose operations
/// must be read. `operations` holds the places of these, for faults about those that lack their rules.
void read_records(const config::yaml::members_of_map& keys, const config::yaml::members_of_map& operations,
                  profile& out);

}  // namespace rollcall::adapters
