// The `operations` of a profile: how each call is made and where its answer holds what is wanted.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/yaml.hpp"

namespace rollcall::adapters {

/// Reads `operations` into `out.list` and `out.get`, and checks that they and `out.params` use each other.
/// `params` is where the parameters stand, for faults about those that nothing uses; `out.params` must be read.
void read_operations(const config::yaml::value& operations, const config::yaml::value& params, profile& out);

}  // namespace rollcall::adapters
