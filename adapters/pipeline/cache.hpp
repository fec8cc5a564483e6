// Answers from the page cache: while they are fresh, for a while after that while a new one is fetched, and in place of
// a failing provider where that is allowed. Who fetches the new one is coalesce.
#pragma once

#include "adapters/pipeline/layer.hpp"
#include "adapters/pipeline/page_cache.hpp"
#include "config/settings.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace rollcall::adapters {

/// What a kept answer of a given age is good for while its provider is well.
enum class freshness : std::uint8_t {
    fresh,  ///< it is given as it is
    old,    ///< it is given while a new one is fetched
    spent,  ///< it is not given
};
[[nodiscard]] freshness judge_age(steady_clock::duration age, const config::provider_cache& settings);

/// May a kept answer of that age stand in for a failing provider? Its time runs from the end of `ttl`, whether or not
/// stale_while_revalidate goes on beside it.
[[nodiscard]] bool may_stand_in_at(steady_clock::duration age, const config::provider_cache& settings);

/// May an old answer stand in for this failure? Only where the provider or the way to it failed: not where it refuses
/// the credential, which may have been withdrawn, and not where the caller is at fault.
[[nodiscard]] bool may_stand_in_for(fault kind);

class cache_layer : public layer {
  public:
    /// One answer is not fetched anew sooner than so long after that was begun, or has failed.
    static constexpr std::chrono::seconds refresh_pause{1};

    /// `provider` is the configured name, which keeps the keys of providers apart; `writes` counts the provider's ended
    /// writes. Everything must outlive it.
    cache_layer(layer& next, page_cache& cache, const std::atomic<std::uint64_t>& writes, const std::string& provider,
                const config::provider_cache& settings, upstream_observer& observer)
        : next_(next), cache_(cache), writes_(writes), provider_(provider), settings_(settings), observer_(observer) {}

    /// A `refresh` always asks. Where it fails, nothing stands in, and what was to be replaced is put off or, where it
    /// may not stand in for such a failure, dropped.
    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) override;

    /// What is given without waiting.
    struct kept {
        adapters::answer answer;   ///< its content is null where there is none
        bool refresh_due = false;  ///< it is old, and the caller is the one who has to have a new one fetched
    };
    [[nodiscard]] kept at_hand(const request& request, steady_clock::time_point now = steady_clock::now());

    /// What at_hand gave has been given once more, without a look.
    void given_again() { observer_.cached(cache_event::hit); }

    /// The old answer that may stand in for `failure`, or else the failure itself.
    [[nodiscard]] result<answer> stand_in(const request& request, failure failure);

  private:
    /// An answer is kept under the number of writes that had ended when it was asked for: what comes late, after one
    /// more, is not found any more.
    [[nodiscard]] std::string key_of(const request& request) const {
        std::string key;
        write_key(key, request);
        return key;
    }
    void write_key(std::string& out, const request& request) const;
    [[nodiscard]] bool may_answer(const request& request) const;
    [[nodiscard]] answer find_fresh(const std::string& key, const request& request);
    void keep(const std::string& key, const answer& answer);
    [[nodiscard]] result<answer> stand_in(const std::string& key, failure failure);
    void refresh_failed(const std::string& key, fault kind);

    layer& next_;
    page_cache& cache_;
    const std::atomic<std::uint64_t>& writes_;
    const std::string& provider_;
    const config::provider_cache& settings_;
    upstream_observer& observer_;
    std::string key_at_hand_;  ///< keeps its memory from one look into the cache to the next
};

}  // namespace rollcall::adapters
