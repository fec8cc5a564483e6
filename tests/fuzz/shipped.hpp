// The shipped profiles as providers, for the targets that read with them.
#pragma once

#include "adapters/provider.hpp"

#include <vector>

namespace rollcall::fuzz {

/// One provider for each shipped profile, by its name, in the order of the alphabet.
[[nodiscard]] const std::vector<adapters::provider>& shipped_providers();

/// The settings of a provider that give `profile` what it needs.
[[nodiscard]] config::provider settings_for(const adapters::profile& profile);

}  // namespace rollcall::fuzz
