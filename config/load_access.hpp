// `access` of the configuration: who may use the public API. How a request is held against it is gateway/access.
#pragma once

#include "config/settings.hpp"
#include "config/yaml.hpp"

#include <optional>
#include <vector>

namespace rollcall::config {

/// Reads the word `open` or the clients, whose providers must be among `providers`, and who may be known by
/// certificates only where `tls` asks for them. Nothing happens where `value` is absent. No fault shows what stands in
/// a client's keys.
void read_access(const yaml::value& value, const std::vector<provider>& providers, const std::optional<server_tls>& tls,
                 access& out);

}  // namespace rollcall::config
