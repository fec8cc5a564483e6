// What the adapters report of one provider, for whoever counts it (gateway/telemetry).
#pragma once

#include "base/clock.hpp"
#include "base/failure.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::adapters {

/// The operations that a provider may offer; bounded, because they are label values.
enum class operation_kind : std::uint8_t { list, get };
inline constexpr std::string_view operation_names[] = {"list", "get"};

enum class cache_event : std::uint8_t { hit, miss, stale, coalesced, evicted };
inline constexpr std::string_view cache_event_names[] = {"hit", "miss", "stale", "coalesced", "evicted"};

/// Called from any thread.
class upstream_observer {
  public:
    virtual ~upstream_observer() = default;
    /// One exchange with the provider has ended; an empty `outcome` is success.
    virtual void exchanged(operation_kind operation, std::optional<fault> outcome, steady_clock::duration took) = 0;
    virtual void retried(operation_kind operation) = 0;
    virtual void cached(cache_event event) = 0;
    /// `count` values of the shape's field `field` were not of the type that the profile says.
    virtual void schema_faults(std::string_view field, std::uint32_t count) = 0;
};

}  // namespace rollcall::adapters
