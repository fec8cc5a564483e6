// How many calls a provider may still be sent: its quota as configured, corrected by what it says itself. The account,
// without clock or lock. Who acts on it is quota_layer.
#pragma once

#include "adapters/pipeline/rolling_count.hpp"
#include "adapters/profile/profile.hpp"
#include "base/clock.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall::adapters {

/// The quota of a provider: the configuration's, or else the profile's; empty: unlimited.
[[nodiscard]] std::optional<quota> quota_of(const config::provider& settings, const profile& profile);

/// What a provider says of its quota with an answer.
struct announced_quota {
    std::uint64_t remaining = 0;
    std::chrono::seconds reset_in{};
};
/// Reads X-RateLimit-Remaining (a count) and X-RateLimit-Reset (epoch seconds); empty where it does not say both, or
/// the time is past.
[[nodiscard]] std::optional<announced_quota> announced_quota_of(std::string_view remaining, std::string_view reset,
                                                                system_clock::time_point now);

/// A bucket of as many calls as the quota has, each of which comes back when the quota's time has passed since it was
/// taken: so no span of that length holds more calls than the quota, wherever the provider begins to count. What the
/// provider announces can only lower it. Not thread-safe.
class quota_account {
  public:
    /// A provider's word holds for at most so long; then one call finds out whether it still does.
    static constexpr std::chrono::seconds longest_hold{3600};
    /// How long a provider is left alone that says "too often" without saying for how long.
    static constexpr std::chrono::seconds shortest_hold{1};

    explicit quota_account(const std::optional<quota>& quota);

    /// Whether a call may be sent.
    struct ticket {
        bool granted = false;
        steady_clock::time_point taken_at{};
        std::optional<steady_clock::time_point> announced_until{};  ///< of the announcement that it was taken from
        steady_clock::duration wait{};  ///< of one that is not granted: until a call may be sent again
    };
    [[nodiscard]] ticket take(steady_clock::time_point now);

    /// How the call of a ticket that was granted ended; to be told once for each.
    enum class outcome : std::uint8_t {
        sent,    ///< or perhaps sent
        unsent,  ///< not a byte of it has left, so that the provider cannot have counted it
    };
    void end(const ticket& ticket, outcome outcome);

    /// An answer came with `announced`; its own call has not ended yet. Returns what counts from now on.
    announced_quota announce(const announced_quota& announced, steady_clock::time_point now);

    /// The provider refused a call as one too many (429): nothing is sent for `retry_after`.
    void refused(std::optional<std::chrono::seconds> retry_after, steady_clock::time_point now);

    /// How many calls may be sent now; empty: nothing is known that limits them.
    [[nodiscard]] std::optional<std::uint64_t> left(steady_clock::time_point now) const;

  private:
    // Of a quota's time: one more slot than its parts, because a slot that has just begun holds next to no time.
    static constexpr int parts = 60;

    [[nodiscard]] bool has_announcement(steady_clock::time_point now) const { return now < announced_until_; }

    std::optional<quota> quota_;
    rolling_count<parts + 1> taken_;
    std::uint64_t in_flight_ = 0;
    std::uint64_t announced_ = 0;
    steady_clock::time_point announced_until_{};
    steady_clock::time_point held_until_{};
};

}  // namespace rollcall::adapters
