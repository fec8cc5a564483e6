// Guessing what somebody meant by a name that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rollcall::config {

/// `; did you mean NAME?` for the nearest of `known` if it is near, else `; known: a, b, c` if they are few, else
/// nothing.
[[nodiscard]] std::string did_you_mean(std::string_view name, std::span<const std::string_view> known);

}  // namespace rollcall::config
