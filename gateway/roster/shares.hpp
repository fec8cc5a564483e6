// How the room of a client's page is divided among the providers. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace rollcall::gateway {

/// As many as there is room for.
inline constexpr std::uint32_t unbounded = UINT32_MAX;

/// Divides `limit` places in equal shares among those that can fill them: `capacity[i]` is how many items number i can
/// give at most. What one cannot use goes to the others; of a rest that cannot be divided the first get one more each.
[[nodiscard]] std::vector<std::uint32_t> divide(std::uint32_t limit, std::span<const std::uint32_t> capacity);

}  // namespace rollcall::gateway
