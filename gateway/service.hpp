// The whole gateway as a running process: its threads, its admin listener, its signals.
#pragma once

#include "adapters/profile/profile.hpp"
#include "config/settings.hpp"

#include <string>
#include <vector>

namespace rollcall::gateway {

/// Serves until SIGTERM or SIGINT has been drained; returns the exit code. `profiles` belong to settings.providers, one
/// by one. A failure to start (an address in use, an unreadable CA file) is logged and gives 1.
[[nodiscard]] int serve(const config::settings& settings, const std::vector<adapters::profile>& profiles,
                        const std::string& version);

}  // namespace rollcall::gateway
