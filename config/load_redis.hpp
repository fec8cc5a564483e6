// The configuration's `redis`: where the replicas meet. What they share there is store's matter.
#pragma once

#include "config/yaml.hpp"

#include <optional>
#include <string>

namespace rollcall::config {

/// Empty where the value is absent. `file` is the configuration file, against whose folder paths are resolved.
[[nodiscard]] std::optional<redis> read_redis(const yaml::value& value, const std::string& file);

}  // namespace rollcall::config
