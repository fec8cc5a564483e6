// X-Request-Timeout-Ms: how long a client waits at most. What the gateway allows anyway is the listener's policy.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace rollcall::gateway {

inline constexpr std::string_view client_timeout_name = "X-Request-Timeout-Ms";

/// Reads the header's value; empty where it is no whole number of milliseconds from 1 on. What is beyond an hour is an
/// hour, which is longer than any request may take.
[[nodiscard]] std::optional<std::chrono::milliseconds> read_client_timeout(std::string_view value);

}  // namespace rollcall::gateway
