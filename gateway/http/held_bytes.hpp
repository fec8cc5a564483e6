// A part of a bounded sum of bytes, counted. What the bytes are, and what is done where there are too many, is the
// holder's.
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace rollcall::gateway {

/// So many bytes of a sum that threads share; given back when it is destroyed. The sum must outlive it.
class held_bytes {
  public:
    explicit held_bytes(std::atomic<std::size_t>& sum) : sum_(sum) {}
    held_bytes(const held_bytes&) = delete;
    held_bytes& operator=(const held_bytes&) = delete;
    ~held_bytes() { give_back(); }

    /// Holds `bytes` from now on, which are no fewer than before. False: the sum would exceed `limit`, and nothing has
    /// changed.
    [[nodiscard]] bool grow_to(std::size_t bytes, std::size_t limit) {
        const std::size_t more = bytes - held_;
        if (more == 0) return true;
        if (sum_.fetch_add(more, std::memory_order_relaxed) + more > limit) {
            sum_.fetch_sub(more, std::memory_order_relaxed);
            return false;
        }
        held_ = bytes;
        return true;
    }

    void give_back() {
        if (held_ != 0) sum_.fetch_sub(std::exchange(held_, 0), std::memory_order_relaxed);
    }

  private:
    std::atomic<std::size_t>& sum_;
    std::size_t held_ = 0;
};

}  // namespace rollcall::gateway
