// YAML that is to be sent as JSON: bodies that a profile sends along, and the gateway's own description.
#pragma once

#include "config/yaml.hpp"

#include <string>

namespace rollcall::config::yaml {

/// The value as a JSON token: quoted scalars and all that JSON would not read as a number, `true`, `false` or `null`
/// become strings. A scalar that cannot be read is a fault of its document, and leaves a hole.
[[nodiscard]] std::string to_json(const value& value);

}  // namespace rollcall::config::yaml
