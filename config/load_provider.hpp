// One entry of the configuration's `providers`. What needs the provider's profile is checked in adapters/profile.
#pragma once

#include "config/settings.hpp"
#include "config/yaml.hpp"

#include <string>

namespace rollcall::config {

/// Reads and checks the entry; relative paths start at the folder of `file`. Its `name` stays empty if it is wrong.
[[nodiscard]] provider read_provider(const yaml::value& entry, const std::string& file);

/// Whether `profile` is the path of a file (it holds a slash or a dot), not the name of a shipped profile.
[[nodiscard]] bool is_profile_file(std::string_view profile);

}  // namespace rollcall::config
