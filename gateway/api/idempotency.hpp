// Idempotency-Key: which writes have been asked for lately, and how they ended, so that a repeated request is answered
// and not made again. Kept in this process: replicas of the gateway share nothing, so that clients who repeat a write
// must reach the same one. What is kept of a write is agent_writes' decision.
#pragma once

#include "base/clock.hpp"
#include "gateway/api/write_answer.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rollcall::gateway {

/// What makes two requests the same: SHA-256 of method, path and body.
using request_fingerprint = std::array<unsigned char, 32>;

[[nodiscard]] request_fingerprint fingerprint_of(const request& request);

/// Is it a key: 1 to 255 visible ASCII characters?
[[nodiscard]] bool is_idempotency_key(std::string_view text);

struct idempotency_limits {
    std::chrono::hours kept{24};  ///< from the request's beginning
    std::size_t entries = 100'000;
    std::size_t bytes = 64 * 1024 * 1024;  ///< asked before a write begins; the answers of those under way may pass it
};

/// Thread-safe. Nothing is dropped before its time: where it is full, new keys are refused. It is full for a client
/// that has as much of it as is free, so that one client alone gets half of it and always leaves something to the
/// others; for requests without a client, where access is open, it is full when nothing is free.
class idempotency_store {
  public:
    struct entry;

    /// What a key comes to.
    struct beginning {
        enum class step {
            first,      ///< the caller makes the write and then calls `settle`
            finished,   ///< `answer` is its answer
            under_way,  ///< the waiter will be told; until then it is in the list of `place`
            other,      ///< the key belongs to another request
            full,       ///< no new key can be kept at present
        };
        step is = step::first;
        std::shared_ptr<entry> place{};  ///< of first and under_way
        shared_write_answer answer{};    ///< of finished
    };

    explicit idempotency_store(idempotency_limits limits = {}) : limits_(limits) {}

    /// `client` is the name of whom the key belongs to, without line breaks; empty: access is open.
    [[nodiscard]] beginning begin(std::string_view client, std::string_view key, const request_fingerprint& fingerprint,
                                  const std::shared_ptr<answer_waiter>& waiter, steady_clock::time_point now);

    /// The write of `place` has ended: whoever waits gets `answer`; it is kept, unless nothing can have been done, so
    /// that the request may be made again. A place that is never settled stays under way until its time is over.
    void settle(const std::shared_ptr<entry>& place, const shared_write_answer& answer, bool keep);

    /// `waiter` gives up; it may have been told already.
    void leave(entry& place, const std::shared_ptr<answer_waiter>& waiter);

    [[nodiscard]] std::size_t entries() const;
    [[nodiscard]] std::size_t bytes() const;  ///< that the entries hold, about

  private:
    /// What one client has of the store.
    struct holding {
        std::size_t entries = 0;
        std::size_t bytes = 0;
    };
    using holdings = std::map<std::string, holding, std::less<>>;  ///< by the client's name

    [[nodiscard]] bool is_full_for(std::string_view client) const;
    /// Counts what the entry holds; to be taken back before that changes.
    void count(const entry& place);
    void count_back(const entry& place);
    void drop_expired(steady_clock::time_point now);
    void remove(const std::shared_ptr<entry>& place);

    idempotency_limits limits_;
    mutable std::mutex mutex_;
    std::list<std::shared_ptr<entry>> by_age_;                             ///< the oldest first
    std::unordered_map<std::string_view, std::shared_ptr<entry>> by_key_;  ///< views into the entries
    holdings by_client_;                                                   ///< of those who have any
    std::size_t bytes_ = 0;
};

}  // namespace rollcall::gateway
