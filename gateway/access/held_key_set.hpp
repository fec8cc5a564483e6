// An issuer's key set as all threads see it while it changes: the latest, how old it is, and asking for a newer one.
// Where it comes from is key_set_file and key_set_download.
#pragma once

#include "base/clock.hpp"
#include "gateway/access/key_set.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

namespace rollcall::gateway {

/// Thread-safe.
class held_key_set {
  public:
    /// What the source last gave.
    struct state {
        std::shared_ptr<const key_set> keys;    ///< null: it has given nothing yet
        system_clock::time_point confirmed_at;  ///< when it last gave them, be they the same as before
    };

    /// The keys count for so long after they were last given; empty: for ever.
    explicit held_key_set(std::optional<std::chrono::seconds> lifetime = std::nullopt) : lifetime_(lifetime) {}
    held_key_set(const held_key_set&) = delete;
    held_key_set& operator=(const held_key_set&) = delete;

    [[nodiscard]] state now() const;

    /// Changes with the keys, and only with them; 0: there are none yet. What was read before `now()` is never newer.
    [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }

    /// Whether there are keys that count at that moment. Takes no lock.
    [[nodiscard]] bool counts_at(system_clock::time_point moment) const;

    /// Takes what the source gave. Keys of the same text are the same keys. Returns whether they have changed.
    bool put(std::shared_ptr<const key_set> keys, system_clock::time_point when);

    /// A token names a key that is not there: the source is told, where it wants to be.
    void ask_for_newer() const;
    /// `asked` is called on whatever thread asks, and must be quick. Before the first thread asks.
    void on_asked(std::function<void()> asked) { asked_ = std::move(asked); }

    /// Blocks until there are keys, at most `timeout`; whether there are. For start-up, never for a request.
    [[nodiscard]] bool wait_until_there(std::chrono::milliseconds timeout) const;

  private:
    const std::optional<std::chrono::seconds> lifetime_;
    std::function<void()> asked_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::shared_ptr<const key_set> keys_;
    std::atomic<std::uint64_t> version_{0};
    std::atomic<system_clock::rep> confirmed_at_{0};
};

}  // namespace rollcall::gateway
