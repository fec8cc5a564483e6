// How often something happened lately, counted in slots of time. What follows from the number is decided elsewhere.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rollcall::adapters {

/// Counts over the last `slot_count` slots of `width`, the one that has just begun included: what was added is counted
/// for at least `slot_count - 1` times `width`, and at most for `slot_count` times. Not thread-safe.
template<std::size_t slot_count>
class rolling_count {
  public:
    explicit rolling_count(steady_clock::duration width) : width_(width) {}

    void add(steady_clock::time_point now) {
        const std::int64_t number = number_of(now);
        slot& slot = slot_of(number);
        if (slot.number != number) slot = {number, 0};
        ++slot.count;
    }

    /// Takes back one that was added at `then`, if it is still counted.
    void remove(steady_clock::time_point then) {
        const std::int64_t number = number_of(then);
        slot& slot = slot_of(number);
        if (slot.number == number && slot.count > 0) --slot.count;
    }

    [[nodiscard]] std::uint64_t total(steady_clock::time_point now) const {
        std::uint64_t sum = 0;
        for (const slot& slot : slots_)
            if (is_counted(slot, now)) sum += slot.count;
        return sum;
    }

    /// When the earliest that is still counted will not be any more; empty: nothing is counted.
    [[nodiscard]] std::optional<steady_clock::time_point> next_leaves(steady_clock::time_point now) const {
        std::optional<std::int64_t> first;
        for (const slot& slot : slots_)
            if (is_counted(slot, now) && (!first || slot.number < *first)) first = slot.number;
        if (!first) return std::nullopt;
        return steady_clock::time_point{(*first + static_cast<std::int64_t>(slot_count)) * width_};
    }

    void clear() { slots_ = {}; }

  private:
    struct slot {
        std::int64_t number = -1;  // since the clock's epoch
        std::uint32_t count = 0;
    };

    [[nodiscard]] std::int64_t number_of(steady_clock::time_point time) const {
        return time.time_since_epoch() / width_;
    }
    [[nodiscard]] slot& slot_of(std::int64_t number) { return slots_[static_cast<std::size_t>(number) % slot_count]; }
    [[nodiscard]] bool is_counted(const slot& slot, steady_clock::time_point now) const {
        return slot.count > 0 && number_of(now) - slot.number < static_cast<std::int64_t>(slot_count);
    }

    steady_clock::duration width_;
    std::array<slot, slot_count> slots_{};
};

}  // namespace rollcall::adapters
