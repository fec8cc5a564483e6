// What the adapters report of one provider, for whoever counts it (gateway/telemetry).
#pragma once

#include "adapters/operation.hpp"
#include "base/clock.hpp"
#include "base/failure.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::adapters {

enum class cache_event : std::uint8_t { hit, miss, stale, coalesced, evicted };
inline constexpr std::string_view cache_event_names[] = {"hit", "miss", "stale", "coalesced", "evicted"};

/// The states of a provider's circuit breaker.
enum class breaker_state : std::uint8_t { closed, half_open, open };
inline constexpr std::string_view breaker_state_names[] = {"closed", "half_open", "open"};

/// What kept a call, or a second attempt, from a provider.
enum class shed_reason : std::uint8_t { breaker, quota, retry_budget };
inline constexpr std::string_view shed_reason_names[] = {"breaker", "quota", "retry_budget"};

/// Called from any thread.
class upstream_observer {
  public:
    virtual ~upstream_observer() = default;
    /// One exchange with the provider has ended; an empty `outcome` is success.
    virtual void exchanged(operation_kind operation, std::optional<fault> outcome, steady_clock::duration took) = 0;
    virtual void retried(operation_kind operation) = 0;
    virtual void cached(cache_event event) = 0;
    virtual void breaker_changed(breaker_state now) = 0;
    virtual void shed(shed_reason reason) = 0;
    /// `count` values of a field (normalizers::label_of) were not of the type that the profile says.
    virtual void schema_faults(std::string_view field, std::uint32_t count) = 0;
};

}  // namespace rollcall::adapters
