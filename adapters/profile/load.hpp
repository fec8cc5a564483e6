// Reading a profile from YAML, with every fault named by file, line, column and key.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {

/// Reads and checks one profile. Faults are appended to `faults`; the profile counts only if none was added.
/// `file` names the text in faults.
[[nodiscard]] profile load_profile(std::string_view text, const std::string& file, std::vector<config::fault>& faults);

/// Finds the profile that `provider` names (a shipped one, or a file), reads it, and checks that the provider gives the
/// parameters that it asks for and no others, a base URL (its own or the profile's) and a page size within its maximum.
[[nodiscard]] profile profile_of(const config::provider& provider, std::vector<config::fault>& faults);

}  // namespace rollcall::adapters
