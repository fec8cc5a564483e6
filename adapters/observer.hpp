// What the adapters report of one provider, for whoever counts it (gateway/telemetry).
#pragma once

#include "adapters/operation.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::adapters {

/// `refreshed` is an old answer that is given while a new one is fetched, `stale` one that stands in for a failure;
/// `shared` is a miss for which another replica's answer was found.
enum class cache_event : std::uint8_t { hit, miss, refreshed, stale, coalesced, evicted, shared };
inline constexpr std::string_view cache_event_names[] = {"hit",       "miss",    "refreshed", "stale",
                                                         "coalesced", "evicted", "shared"};

/// The states of a provider's circuit breaker.
enum class breaker_state : std::uint8_t { closed, half_open, open };
inline constexpr std::string_view breaker_state_names[] = {"closed", "half_open", "open"};

/// What kept a call, or a second attempt, from a provider.
enum class shed_reason : std::uint8_t { breaker, quota, retry_budget, connections };
inline constexpr std::string_view shed_reason_names[] = {"breaker", "quota", "retry_budget", "connections"};

/// Called from any thread.
class upstream_observer {
  public:
    virtual ~upstream_observer() = default;
    /// One exchange with the provider has ended; an empty `outcome` is success.
    virtual void exchanged(operation_kind operation, std::optional<fault> outcome, steady_clock::duration took) = 0;
    virtual void retried(operation_kind operation) = 0;
    /// A call that was late was made once more beside itself, which has ended; `won`: the later answer counted.
    virtual void hedged(bool won) = 0;
    virtual void cached(cache_event event) = 0;
    virtual void breaker_changed(breaker_state now) = 0;
    virtual void shed(shed_reason reason) = 0;
    /// So many connections to the provider have been opened (positive) or closed (negative).
    virtual void connections_changed(int by) = 0;
    /// `count` values of a field (normalizers::label_of) were not of the type that the profile says.
    virtual void schema_faults(std::string_view field, std::uint32_t count) = 0;
};

}  // namespace rollcall::adapters
