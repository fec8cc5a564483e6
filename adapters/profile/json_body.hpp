// The JSON body that a profile sends along, from YAML.
#pragma once

#include "config/yaml.hpp"

#include <string>

namespace rollcall::adapters {

/// The value as a JSON token: quoted scalars and all that JSON would not read as a number, `true`, `false` or `null`
/// become strings.
[[nodiscard]] std::string to_json(const config::yaml::value& value);

}  // namespace rollcall::adapters
