// A trial as people read it.
#pragma once

#include "adapters/trial/trial.hpp"

#include <string>

namespace rollcall::adapters {

/// Several lines: the call, each field with where it was read from and what came of it, what was left out, and how the
/// list goes on; or why there is nothing to show, with the beginning of the answer.
[[nodiscard]] std::string report_of(const trial& trial);

}  // namespace rollcall::adapters
