// The whole gateway as a running process: its threads, its admin listener, its signals.
#pragma once

#include "gateway/generation.hpp"

#include <string>

namespace rollcall::gateway {

/// Serves until SIGTERM or SIGINT has been drained; returns the exit code. `first` must be without faults; SIGHUP makes
/// `read` read its successor, on a thread of the gateway's. A failure to start (an address in use, a CA file that is
/// not fit) is logged and gives 1.
[[nodiscard]] int serve(const configuration& first, const configuration_reader& read, const std::string& version);

}  // namespace rollcall::gateway
