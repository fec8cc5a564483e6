// Reading the gateway's YAML file into settings, with every fault named by file, line, column and key.
#pragma once

#include "config/settings.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::config {

/// Looks up an environment variable; empty: not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Reads and checks settings from YAML text. `file` names the text in faults and is what relative paths (profiles,
/// credential files, CA files) are resolved against. The settings count only if `faults` stays empty.
[[nodiscard]] settings load(std::string_view text, const std::string& file, const environment& environment,
                            std::vector<fault>& faults);

/// The same from a file, with the process's environment; a file that cannot be read is a fault.
[[nodiscard]] settings load_file(const std::string& file, std::vector<fault>& faults);

}  // namespace rollcall::config
