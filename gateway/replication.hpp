// This process among its replicas: the way to their store, hearing of their writes, and telling what clients spend of
// their limits. What is shared of a provider is decided in adapters/pipeline.
#pragma once

#include "adapters/transport/addresses.hpp"
#include "adapters/transport/tls_context.hpp"
#include "gateway/generation.hpp"
#include "gateway/telemetry/store_metrics.hpp"
#include "store/spending.hpp"
#include "store/subscription.hpp"

#include <functional>
#include <optional>

namespace rollcall::gateway {

class replication {
  public:
    /// The generation that is served; asked on the housekeeping thread.
    using running = std::function<const generation&()>;

    /// Everything must outlive it, and the housekeeping context's run too, but for `close`. Throws std::runtime_error
    /// where OpenSSL cannot read the trusted certificates.
    replication(const executor& housekeeping, sweeper& sweeper, const config::redis& settings,
                store::observer& observer, running running);

    /// How many connections to the store a process of so many threads has.
    [[nodiscard]] static std::size_t connections(unsigned threads) { return threads + 2; }

    /// What each thread makes its own connection from.
    [[nodiscard]] const store::place& place() const { return place_; }

    /// Blocks until Redis's name is resolved, at most `timeout`. For start-up.
    void wait_until_resolved(std::chrono::milliseconds timeout) const;

    /// Hears and tells nothing any more. On the housekeeping thread, or when it has ended.
    void close();

  private:
    void forget_pages(std::string_view pages);
    [[nodiscard]] std::vector<store::purse> purses() const;

    config::redis settings_;
    adapters::addresses addresses_;
    std::optional<adapters::tls_context> tls_;
    store::place place_;
    running running_;
    store::subscription subscription_;
    store::spending spending_;
};

}  // namespace rollcall::gateway
