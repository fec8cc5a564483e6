// The `operations` of a profile: how each call is made and where its answer holds what is wanted.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/yaml.hpp"

#include <string_view>

namespace rollcall::adapters {

/// Whether `{name}` stands for what a client's call says, so that no parameter may be called so.
[[nodiscard]] bool is_argument_name(std::string_view name);

/// Reads `operations` into `out`, and checks that they and `out.params` use each other; the list is always there
/// afterwards. `params` is where the parameters stand, for faults about those that nothing uses; `out.params` must be
/// read. Gives back where the operations stand.
config::yaml::members_of_map read_operations(const config::yaml::value& operations, const config::yaml::value& params,
                                             profile& out);

}  // namespace rollcall::adapters
