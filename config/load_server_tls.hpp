// `server.tls` of the configuration. What the files hold is judged by gateway/http/tls_context.
#pragma once

#include "config/settings.hpp"
#include "config/yaml.hpp"

#include <optional>
#include <string>

namespace rollcall::config {

/// Reads the keys; relative paths start at the folder of `file`. Empty where `value` is absent.
[[nodiscard]] std::optional<server_tls> read_server_tls(const yaml::value& value, const std::string& file);

}  // namespace rollcall::config
