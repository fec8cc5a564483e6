// Answers from the page cache while they are fresh, and old ones in place of a failing provider where that is allowed.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/page_cache.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <cstdint>
#include <string>

namespace rollcall::adapters {

/// What a kept answer may be used for at a given age.
enum class freshness : std::uint8_t {
    fresh,     ///< as it is
    stand_in,  ///< only in place of a failing provider
    spent,     ///< for nothing
};
[[nodiscard]] freshness judge_age(steady_clock::duration age, const config::provider_cache& settings);

/// May an old answer stand in for this failure? Only where the provider or the way to it failed: not where it refuses
/// the credential, which may have been withdrawn, and not where the caller is at fault.
[[nodiscard]] bool may_stand_in_for(fault kind);

class cache_layer : public layer {
  public:
    /// `provider` is the configured name, which keeps the keys of providers apart; `writes` counts the provider's ended
    /// writes. Everything must outlive it.
    cache_layer(layer& next, page_cache& cache, const std::atomic<std::uint64_t>& writes, const std::string& provider,
                const config::provider_cache& settings, upstream_observer& observer)
        : next_(next), cache_(cache), writes_(writes), provider_(provider), settings_(settings), observer_(observer) {}

    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

    /// The fresh answer that is kept for `request`, without waiting for anything; its content is null where there is
    /// none.
    [[nodiscard]] answer at_hand(const request& request);

    /// The old answer that may stand in for `failure`, or else the failure itself.
    [[nodiscard]] result<answer> stand_in(const request& request, failure failure);

  private:
    /// An answer is kept under the number of writes that had ended when it was asked for: what comes late, after one
    /// more, is not found any more.
    [[nodiscard]] std::string key_of(const request& request) const {
        return provider_ + '\n' + std::to_string(writes_.load()) + '\n' + request.key();
    }
    [[nodiscard]] answer find_fresh(const std::string& key, const request& request);
    [[nodiscard]] result<answer> stand_in(const std::string& key, failure failure);

    layer& next_;
    page_cache& cache_;
    const std::atomic<std::uint64_t>& writes_;
    const std::string& provider_;
    const config::provider_cache& settings_;
    upstream_observer& observer_;
};

}  // namespace rollcall::adapters
