// One provider's part in what the replicas share: its names there, and its writes, which all of them must hear of.
#pragma once

#include "adapters/pipeline/replica_store.hpp"
#include "adapters/provider.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

namespace rollcall::adapters {

/// What the threads share of it. Thread-safe.
struct replica_state {
    /// The names are of digests over what must be alike in two replicas that share: the provider's name, base URL and
    /// credential, and, of its account, the quota. No credential can be read from them.
    replica_state(const provider& provider, const std::optional<quota>& quota);

    const replica_account account;
    const std::string pages;
    std::atomic<std::uint64_t> writes{0};  ///< that ended in this process
    std::atomic<std::uint64_t> told{0};    ///< so many of which the other replicas have heard of, at least
};

/// What one thread has of it. The store must outlive it.
class replicas {
  public:
    replicas(std::shared_ptr<replica_state> state, replica_store& store) : state_(std::move(state)), store_(store) {}

    [[nodiscard]] const replica_account& account() const { return state_->account; }
    [[nodiscard]] const std::string& pages() const { return state_->pages; }
    [[nodiscard]] replica_store& store() const { return store_; }

    /// A write has ended, and nobody waits.
    void wrote();

    /// A write has ended; waits, no longer than the store's timeout, until the other replicas have been told.
    [[nodiscard]] awaitable<void> wrote_and_told();

    /// Has a write ended here that the others have not heard of? Then the store's pages may be older than it.
    [[nodiscard]] bool owes_a_write() const { return state_->told.load() < state_->writes.load(); }

  private:
    void tell(std::function<void()> first);

    std::shared_ptr<replica_state> state_;
    replica_store& store_;
};

}  // namespace rollcall::adapters
