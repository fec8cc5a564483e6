// The `write` of a profile: where each writable field goes in the body of create and update.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/yaml.hpp"

namespace rollcall::adapters {

/// Reads `write` into `out`, whose operations must be read: it goes with create or update, and they with it.
/// `operations` holds the places of these, for faults about those that have nothing to send.
void read_write(const config::yaml::value& write, const config::yaml::members_of_map& operations, profile& out);

}  // namespace rollcall::adapters
