// One of a bounded number of places, counted. Who waits for one is admission.
#pragma once

#include <atomic>
#include <cstddef>
#include <optional>
#include <utility>

namespace rollcall::gateway {

/// One of a bounded number of places; given back when it is destroyed. The counter must outlive it.
class place {
  public:
    /// Empty where all `limit` places are taken.
    [[nodiscard]] static std::optional<place> take(std::atomic<std::size_t>& taken, std::size_t limit) {
        if (taken.fetch_add(1, std::memory_order_relaxed) < limit) return place(taken);
        taken.fetch_sub(1, std::memory_order_relaxed);
        return std::nullopt;
    }

    place(place&& other) noexcept : taken_(std::exchange(other.taken_, nullptr)) {}
    place& operator=(place&& other) noexcept {
        std::swap(taken_, other.taken_);
        return *this;
    }
    ~place() {
        if (taken_ != nullptr) taken_->fetch_sub(1, std::memory_order_relaxed);
    }

  private:
    explicit place(std::atomic<std::size_t>& taken) : taken_(&taken) {}

    std::atomic<std::size_t>* taken_;
};

}  // namespace rollcall::gateway
