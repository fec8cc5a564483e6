// The clocks of the house. State machines take a time_point; only thin shells call now().
#pragma once

#include <chrono>

namespace rollcall {

using steady_clock = std::chrono::steady_clock;  ///< deadlines, ages, latencies
using system_clock = std::chrono::system_clock;  ///< what people and other machines read
using deadline = steady_clock::time_point;       ///< the absolute moment after which nobody waits

}  // namespace rollcall
