// The first attempt of a read and, where it is late, another beside it: sending both, and which of them counts.
#pragma once

#include "adapters/pipeline/breaker_layer.hpp"
#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/shared_retry_budget.hpp"

#include <array>
#include <cstddef>
#include <optional>

namespace rollcall::adapters {

/// It tells the retry layer, in which it is the first attempt, how many attempts it made of it, and so is not quite of
/// the layers' one type.
class hedge_layer {
  public:
    /// Everything must outlive it.
    hedge_layer(layer& next, shared_retry_budget& budget, const shared_breaker& breaker, upstream_observer& observer)
        : next_(next), budget_(budget), breaker_(breaker), observer_(observer) {}

    struct attempted {
        result<answer> outcome;
        unsigned attempts = 1;  ///< 2: another was sent beside the first
    };
    /// Answers a read before `until` or fails; see layer::call. One that is later than 95 of 100 is sent once more if
    /// the budget pays for it and the breaker is closed; the first success counts, and the other attempt is cancelled.
    /// Where one fails the other is waited for; where both do, the later failure counts. It ends when both have ended.
    [[nodiscard]] awaitable<attempted> call(const request& request, deadline until);

  private:
    struct race;
    struct referee;

    [[nodiscard]] awaitable<attempted> run(race& race);
    [[nodiscard]] awaitable<std::optional<result<answer>>> late_attempt(race& race);
    [[nodiscard]] bool may_hedge();
    [[nodiscard]] attempted conclude(const race& race, const std::array<std::size_t, 2>& order, result<answer> first,
                                     std::optional<result<answer>> second);

    layer& next_;
    shared_retry_budget& budget_;
    const shared_breaker& breaker_;
    upstream_observer& observer_;
};

}  // namespace rollcall::adapters
