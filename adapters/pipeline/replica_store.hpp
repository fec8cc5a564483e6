// What the replicas of one gateway share of a provider, as the pipeline asks for it: its quota, its pages, its writes.
// What keeps it is store/.
#pragma once

#include "adapters/pipeline/quota.hpp"
#include "base/clock.hpp"
#include "base/executor.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::adapters {

/// A provider's quota over all replicas.
struct replica_account {
    std::string name;            ///< the same in all replicas that have it configured alike
    std::optional<quota> limit;  ///< empty: none is known, and only what the provider says itself counts
};

/// What the shared account says to one call.
struct replica_ticket {
    enum class verdict : std::uint8_t {
        granted,
        refused,
        unknown,    ///< it could not be asked, or not in time
        cancelled,  ///< nobody waits for the call any more
    };
    verdict is = verdict::unknown;
    steady_clock::duration wait{};       ///< of a refusal: until a call may be sent again
    std::int64_t slot = 0;               ///< the store's own, to give the call back by
    std::int64_t announcement_ends = 0;  ///< likewise
};

/// A provider's answer as it was received, from the store.
struct replica_page {
    std::string body;
    std::string link;  ///< its Link header
    std::chrono::milliseconds age{};
};

struct replica_finding {
    std::string generation{};            ///< of the provider's pages; empty: the store could not be asked
    std::optional<replica_page> page{};  ///< empty: there is none
};

/// A provider's answer that is to be kept.
struct kept_page {
    std::string_view generation;  ///< as it was found before the provider was asked
    std::string_view body;
    std::string_view link;
    std::chrono::milliseconds ttl;  ///< from when the provider answered
    std::chrono::milliseconds age;  ///< since then
};

/// Of one thread. Nothing waits longer than the store's own short timeout, and nothing throws; while the store cannot
/// be asked everything fails at once. After a cancellation the caller's next co_await throws.
class replica_store {
  public:
    virtual ~replica_store() = default;

    /// Takes one call. Where it is cancelled, what it had taken is given back.
    [[nodiscard]] virtual awaitable<replica_ticket> take(const replica_account& account, deadline until) = 0;
    /// Of a ticket that was granted nothing was sent.
    virtual void give_back(const replica_account& account, const replica_ticket& ticket) = 0;
    virtual void announce(const replica_account& account, const announced_quota& announced) = 0;
    /// Nothing is to be sent for so long.
    virtual void hold(const replica_account& account, std::chrono::seconds time) = 0;

    /// `pages` names the provider's pages in all replicas, `key` the request. Where the page is not `wanted` only the
    /// generation is asked for. Empty, too, where it was cancelled.
    [[nodiscard]] virtual awaitable<replica_finding> find(const std::string& pages, const std::string& key, bool wanted,
                                                          deadline until) = 0;
    /// Not where the provider's pages have another generation by now.
    virtual void keep(const std::string& pages, const std::string& key, const kept_page& page) = 0;

    /// Gives the provider's pages a new generation, and tells every replica that something was written. `told(true)` is
    /// called when that is done. Where it cannot be done now `told(false)` comes first, and it is done as soon as the
    /// store can be asked again.
    virtual void wrote(const std::string& pages, std::function<void(bool done)> told) = 0;
};

}  // namespace rollcall::adapters
