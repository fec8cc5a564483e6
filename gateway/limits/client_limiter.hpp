// How often one client may ask, and how many of its requests are answered at once. What it is told beyond that is
// request_limits.
#pragma once

#include "config/settings.hpp"
#include "gateway/http/place.hpp"
#include "gateway/limits/shared_bucket.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>

namespace rollcall::gateway {

/// What a client has too much of.
enum class client_excess : std::uint8_t { rate, concurrency };
inline constexpr std::string_view client_excess_names[] = {"rate", "concurrency"};

/// One for each client that has limits, for all threads and as long as the limits stay as they are. Thread-safe,
/// without a lock.
class client_limiter {
  public:
    explicit client_limiter(const config::client_limits& limits);
    client_limiter(const client_limiter&) = delete;
    client_limiter& operator=(const client_limiter&) = delete;

    [[nodiscard]] const config::client_limits& limits() const { return limits_; }

    struct verdict {
        std::optional<client_excess> excess{};  ///< empty: the request may be made
        bucket_step bucket{};                   ///< where there is a rate
        /// Of a request that may be made: held until its answer is ready to be sent, where concurrency is limited. The
        /// limiter must outlive it.
        std::optional<place> turn{};
    };
    /// One request. What is refused takes nothing: neither a place nor a token.
    [[nodiscard]] verdict take(steady_clock::time_point now);
    /// Would `take` let it through?
    [[nodiscard]] bool has_room(steady_clock::time_point now) const;

    /// The value of RateLimit-Policy; empty where there is no rate.
    [[nodiscard]] std::string_view policy() const { return policy_; }

    /// How many tokens requests have taken here since the last call: what other replicas have to be told.
    [[nodiscard]] std::uint64_t take_spent() { return spent_.exchange(0, std::memory_order_relaxed); }
    /// Requests that other replicas have let through take tokens here as well. The bucket then owes one burst at most.
    void spent_elsewhere(std::uint64_t tokens, steady_clock::time_point now = steady_clock::now());

  private:
    config::client_limits limits_;
    std::string policy_;
    std::optional<shared_bucket> bucket_;  ///< empty: there is no rate
    std::atomic<std::uint64_t> spent_{0};
    std::atomic<std::size_t> answering_{0};
};

/// `"NAME";q=BURST;w=SECONDS`: a quota policy of draft-ietf-httpapi-ratelimit-headers-11, section 3.1. The window is
/// what an empty bucket takes to fill, in seconds, rounded up.
[[nodiscard]] std::string rate_limit_policy(std::string_view name, const bucket_plan& plan);

}  // namespace rollcall::gateway
