// When a call is late: looking back on the latest calls, and forward to the deadline.
#include "adapters/pipeline/hedge.hpp"

#include <algorithm>

namespace rollcall::adapters {

void recent_durations::add(steady_clock::duration took) {
    latest_[added_ % window] = took;
    ++added_;
}

std::optional<steady_clock::duration> recent_durations::percentile_95() const {
    if (added_ < fewest) return std::nullopt;
    auto sorted = latest_;
    const std::size_t count = std::min(added_, window);
    const auto rank = sorted.begin() + static_cast<std::ptrdiff_t>((count * 95 + 99) / 100 - 1);
    std::nth_element(sorted.begin(), rank, sorted.begin() + static_cast<std::ptrdiff_t>(count));
    return *rank;
}

std::optional<steady_clock::duration> hedge_after(const recent_durations& durations, steady_clock::duration usual,
                                                  steady_clock::duration left) {
    const auto late = durations.percentile_95();
    if (!late || *late + usual >= left) return std::nullopt;
    return late;
}

}  // namespace rollcall::adapters
