// One provider on one thread: the pipeline that its calls pass through, assembled in one place.
#pragma once

#include "adapters/pipeline/breaker_layer.hpp"
#include "adapters/pipeline/cache.hpp"
#include "adapters/pipeline/coalesce.hpp"
#include "adapters/pipeline/exchange.hpp"
#include "adapters/pipeline/hedge_layer.hpp"
#include "adapters/pipeline/quota_layer.hpp"
#include "adapters/pipeline/replica_pages.hpp"
#include "adapters/pipeline/replicas.hpp"
#include "adapters/pipeline/retry_layer.hpp"
#include "adapters/provider.hpp"
#include "adapters/transport/addresses.hpp"
#include "adapters/transport/tls_context.hpp"
#include "adapters/transport/transport.hpp"

#include <boost/asio/this_coro.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <random>

namespace rollcall::adapters {

/// What the threads share of one provider.
struct shared_upstream {
    const adapters::provider& provider;
    adapters::addresses& addresses;
    adapters::tls_context* tls;  ///< null where the provider is called without TLS
    flight_board& flights;
    shared_quota& quota;
    shared_breaker& breaker;
    shared_retry_budget& retry_budget;
    page_cache& cache;
    std::atomic<std::uint64_t>& writes;  ///< how many were sent and ended: what was read before is not given after
    upstream_observer& observer;
    std::shared_ptr<replica_state> replicas{};  ///< null: nothing is shared with other replicas
};

/// What belongs to one thread.
struct thread_resources {
    rollcall::executor executor;
    rollcall::sweeper& sweeper;
    normalizers::reader& reader;
    std::minstd_rand& random;
    replica_store* store = nullptr;  ///< null: nothing is shared with other replicas
};

class upstream {
  public:
    /// Everything that the two hold by reference must outlive it.
    upstream(const shared_upstream& shared, const thread_resources& thread)
        : provider_(shared.provider),
          replicas_(replicas_of(shared, thread)),
          transport_(thread.executor, thread.sweeper, provider_.origin(), shared.addresses, shared.tls,
                     &shared.observer),
          exchange_(provider_, transport_, thread.reader, shared.quota, shared.observer, replicas()),
          quota_(exchange_, shared.quota, shared.observer, replicas()),
          breaker_(quota_, shared.breaker, shared.observer, thread.random),
          retry_(breaker_, shared.retry_budget, shared.observer, thread.random, hedge_of(shared)),
          cache_(pages_of(shared, thread), shared.cache, shared.writes, provider_.name(), provider_.settings().cache,
                 shared.observer),
          coalesce_(cache_, shared.flights, shared.writes, thread.executor, thread.sweeper,
                    provider_.settings().timeout, shared.observer),
          writes_(shared.writes) {}

    upstream(const upstream&) = delete;
    upstream& operator=(const upstream&) = delete;

    [[nodiscard]] const adapters::provider& provider() const { return provider_; }

    /// Answers a read from the cache or asks the provider; see layer::call.
    [[nodiscard]] awaitable<result<answer>> call(const request& request, deadline until) {
        answer kept = at_hand(request);
        if (kept.content) co_return kept;
        result<answer> outcome = co_await coalesce_.call(request, until);
        co_return settle(request, std::move(outcome));
    }

    /// Asks the provider for a read that is not at_hand, unless somebody is asking already, as one of several calls;
    /// see coalesce_layer::begin. What `end` is told is to be given to `settle`.
    void ask(const request& request, call_group& group, call_end& end) { coalesce_.begin(request, group, end); }

    /// What has become of a read that was asked for: an old answer may stand in where it failed.
    [[nodiscard]] result<answer> settle(const request& request, result<answer> outcome) {
        // Whoever has less time than the provider gave up waiting before the cache could offer an old answer, and for
        // whoever joined a refresh it offers none.
        if (outcome.has_error()) return cache_.stand_in(request, std::move(outcome).error());
        return outcome;
    }

    /// Asks the provider for a write, neither shared nor kept; see layer::call. However it ends, cancelled included,
    /// what was read before is not given to any call after it; only where nothing of it was sent, nothing has changed.
    [[nodiscard]] awaitable<result<answer>> write(const request& request, deadline until) {
        const auto cancellation = co_await asio::this_coro::cancellation_state;
        ended_write ended{writes_, replicas_};
        result<answer> outcome = co_await retry_.call(request, until);
        ended.unsent = outcome.has_error() && outcome.error().unsent;
        const bool client_waits = cancellation.cancelled() == asio::cancellation_type::none;
        if (!ended.unsent && ended.replicas && client_waits) {
            // The other replicas hear of it before the client does.
            ended.replicas.reset();
            co_await replicas_->wrote_and_told();
        }
        co_return outcome;
    }

    /// The answer to a read that needs no waiting: a fresh one or, where stale_while_revalidate allows it, an old one,
    /// of which a new one is then being fetched. Its content is null where there is none. On the thread's event loop.
    [[nodiscard]] answer at_hand(const request& request, steady_clock::time_point now = steady_clock::now()) {
        cache_layer::kept kept = cache_.at_hand(request, now);
        if (kept.refresh_due) coalesce_.refresh(request);
        return std::move(kept.answer);
    }

    /// A number that grows with each write that was sent and has ended: what was read before is not given after it.
    [[nodiscard]] std::uint64_t writes() const { return writes_.load(); }

    /// A fresh answer that was at hand has been given once more, without asking for it: counts it.
    void given_again() { cache_.given_again(); }

  private:
    [[nodiscard]] hedge_layer* hedge_of(const shared_upstream& shared) {
        if (!provider_.settings().hedging) return nullptr;
        return &hedge_.emplace(breaker_, shared.retry_budget, shared.breaker, shared.observer);
    }

    /// Counts a write when it ends, whichever way. One that was not sent is not counted: refused by the breaker or the
    /// quota, it would take from everybody the old answers that stand in just then.
    struct ended_write {
        std::atomic<std::uint64_t>& writes;
        std::optional<adapters::replicas> replicas;  ///< that have not been told; empty: there are none
        bool unsent = false;
        ~ended_write() {
            if (unsent) return;
            ++writes;
            if (replicas) replicas->wrote();
        }
    };

    static std::optional<adapters::replicas> replicas_of(const shared_upstream& shared,
                                                         const thread_resources& thread) {
        if (!shared.replicas || thread.store == nullptr) return std::nullopt;
        return adapters::replicas{shared.replicas, *thread.store};
    }
    [[nodiscard]] adapters::replicas* replicas() { return replicas_ ? &*replicas_ : nullptr; }

    [[nodiscard]] layer& pages_of(const shared_upstream& shared, const thread_resources& thread) {
        if (!replicas_) return retry_;
        return pages_.emplace(retry_, *replicas_, provider_, thread.reader, shared.observer);
    }

    const adapters::provider& provider_;
    std::optional<adapters::replicas> replicas_;  // where something is shared with them
    transport transport_;
    // The pipeline, innermost first: a call enters at the last. The cache is filled within the one call that all wait
    // for, before it ends, so that nobody can come between its end and the cache and make it again. Each attempt, the
    // second as well, is judged by the breaker and takes from the quota, and what the breaker refuses takes nothing. So
    // hedging stands before the breaker: both its attempts are calls like any other. It stands within the retry layer,
    // because that has one second attempt to give: a call that was hedged is not tried again when both have failed, and
    // one that is tried again is not hedged. A refresh of the cache enters at the coalescing layer as a client's call
    // does, so that it passes everything, is made once over all threads, and can be joined. What other replicas have
    // fetched is looked up behind the cache, so within the one call as well.
    exchange_layer exchange_;
    quota_layer quota_;
    breaker_layer breaker_;
    std::optional<hedge_layer> hedge_;  // where the provider's calls are hedged
    retry_layer retry_;
    std::optional<replica_pages_layer> pages_;  // where something is shared with other replicas
    cache_layer cache_;
    coalesce_layer coalesce_;
    std::atomic<std::uint64_t>& writes_;
};

}  // namespace rollcall::adapters
