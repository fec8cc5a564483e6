// What the store reports of its connections and commands, for whoever counts them (gateway/telemetry).
#pragma once

#include "base/clock.hpp"

#include <cstdint>
#include <string_view>

namespace rollcall::store {

/// How one command ended. `error` is Redis's own refusal; `unavailable`: it was not sent, because no connection is
/// ready; `lost`: the connection ended, or broke the protocol, before the reply.
enum class command_outcome : std::uint8_t { ok, error, timeout, unavailable, lost };
inline constexpr std::string_view command_outcome_names[] = {"ok", "error", "timeout", "unavailable", "lost"};

/// Called from any thread.
class observer {
  public:
    virtual ~observer() = default;
    /// A connection is logged in, or answers again.
    virtual void ready() = 0;
    /// A connection could not be had, was lost or does not answer; `was_ready`: it had been until now. `why` is for
    /// people.
    virtual void failed(bool was_ready, std::string_view why) = 0;
    virtual void commanded(command_outcome outcome, steady_clock::duration took) = 0;
};

}  // namespace rollcall::store
