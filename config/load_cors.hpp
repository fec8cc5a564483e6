// `server.cors` of the configuration.
#pragma once

#include "config/settings.hpp"
#include "config/yaml.hpp"

#include <optional>

namespace rollcall::config {

/// Reads `server.cors`; empty: it is not there.
[[nodiscard]] std::optional<cors> read_cors(const yaml::value& value);

}  // namespace rollcall::config
