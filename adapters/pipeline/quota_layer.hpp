// Keeps the calls to a provider within its quota: the account that the threads share, and the layer that takes from it.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/quota.hpp"
#include "adapters/pipeline/replicas.hpp"

#include <mutex>

namespace rollcall::adapters {

/// The quota of one provider, for all threads. Thread-safe.
class shared_quota {
  public:
    explicit shared_quota(const std::optional<quota>& quota) : quota_(quota), account_(quota) {}

    [[nodiscard]] quota_account::ticket take(steady_clock::time_point now);
    void end(const quota_account::ticket& ticket, quota_account::outcome outcome);
    announced_quota announce(const announced_quota& announced, steady_clock::time_point now);
    void refused(std::optional<std::chrono::seconds> retry_after, steady_clock::time_point now);
    [[nodiscard]] std::optional<std::uint64_t> left(steady_clock::time_point now) const;

    /// As configured; empty: unlimited.
    [[nodiscard]] const std::optional<quota>& configured() const { return quota_; }

  private:
    const std::optional<quota> quota_;
    mutable std::mutex mutex_;
    quota_account account_;
};

/// Fails with rate_limited, unsent, while the quota is spent: this process's account, or that of all replicas. Where
/// the latter cannot be asked the former decides alone; every call is charged to it in any case, so that being left
/// alone is not a whole quota anew.
class quota_layer : public layer {
  public:
    /// Everything must outlive it.
    quota_layer(layer& next, shared_quota& quota, upstream_observer& observer, const replicas* replicas = nullptr)
        : next_(next), quota_(quota), observer_(observer), replicas_(replicas) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

  private:
    void refused(const failure& failure);

    layer& next_;
    shared_quota& quota_;
    upstream_observer& observer_;
    const replicas* replicas_;  ///< null: there are none to share with
};

}  // namespace rollcall::adapters
