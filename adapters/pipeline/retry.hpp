// Whether a failed call is made once more, and when: the decision, without clock or timer. Who acts on it is
// retry_layer; what all second attempts together may cost is retry_budget.
#pragma once

#include "adapters/pipeline/layer.hpp"

#include <optional>

namespace rollcall::adapters {

struct retry_policy {
    unsigned attempts = 2;                           ///< the first included
    std::chrono::milliseconds longest_pause{100};    ///< full jitter: the pause is anything from zero to this
    std::chrono::milliseconds shortest_attempt{20};  ///< an attempt that has less time than this is not begun

    /// What there is to know before attempt number `next` (from 2).
    struct situation {
        unsigned next = 2;
        steady_clock::duration left{};   ///< until the deadline
        steady_clock::duration usual{};  ///< that a call which succeeds takes; zero: not known
        double random = 0;               ///< uniform in [0, 1)
    };
    /// How long to pause before the next attempt; empty: there is none.
    [[nodiscard]] std::optional<std::chrono::milliseconds> pause_before(const situation& situation,
                                                                        operation_kind operation,
                                                                        const failure& failure) const;
};

/// Was the call refused by a layer of ours, so that the provider had no part in it?
[[nodiscard]] bool is_refused_by_us(const failure& failure);

}  // namespace rollcall::adapters
