// What one reading of the configuration comes to, shared by all threads: the providers with their state, and what signs
// the cursors. What a thread makes of it is serving; when a new one takes over is reload.
#pragma once

#include "adapters/health.hpp"
#include "adapters/upstream.hpp"
#include "gateway/access/client_registry.hpp"
#include "gateway/access/issuer_state.hpp"
#include "gateway/limits/address_table.hpp"
#include "gateway/roster/cursor.hpp"
#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/metrics.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::gateway {

/// One reading of the configuration file.
struct configuration {
    config::settings settings;
    std::vector<adapters::profile> profiles;  ///< of its providers, one by one
    std::vector<config::fault> faults;        ///< the rest counts only where there are none
    std::vector<config::fault> warnings{};    ///< what `rollcall check` tells besides; it does not keep from serving
};

/// Reads the file anew each time that it is called.
using configuration_reader = std::function<configuration()>;

/// What one provider's calls share over all threads.
struct provider_state {
    /// `first_write` begins the count of writes. The observer and the housekeeping context must outlive it.
    /// Throws std::runtime_error where OpenSSL cannot read the trusted certificates.
    provider_state(const executor& housekeeping, const config::provider& settings, const adapters::profile& profile,
                   std::string trusted, std::uint64_t first_write, adapters::upstream_observer& observer);

    adapters::provider provider;
    std::string trusted;  ///< the text of its CA file as it was; empty: it has none
    adapters::addresses addresses;
    std::optional<adapters::tls_context> tls;
    adapters::flight_board flights;
    adapters::shared_quota quota;
    adapters::shared_breaker breaker;
    adapters::shared_retry_budget retry_budget;
    /// Pages are kept under the provider's name and this number, so that no two states of a process have one in common.
    std::atomic<std::uint64_t> writes;
    std::shared_ptr<adapters::replica_state> replicas;  ///< counts where the replicas share
    adapters::health health;
};

/// Immutable but for what the states count.
struct generation {
    config::settings settings;  ///< with no more clients than the process has descriptors for
    std::vector<std::shared_ptr<provider_state>> providers;  ///< in the configured order
    std::shared_ptr<const client_registry> clients;          ///< null: access is open
    std::shared_ptr<address_table> addresses;                ///< null: nothing is limited by address
    cursor_codec cursors;
    issuer_states issuers{};  ///< of the tokens that clients may show

    /// The longest that a call to one of its providers can take.
    [[nodiscard]] std::chrono::milliseconds longest_call() const;
};

/// What tells two generations apart, in providers.
struct generation_changes {
    std::size_t kept = 0;     ///< with their breaker, quota, pages and addresses
    std::size_t changed = 0;  ///< the same name, begun anew
    std::size_t added = 0;
    std::size_t removed = 0;
};
[[nodiscard]] generation_changes changes_between(const generation& before, const generation& after);

/// What metrics read of the providers. It does not keep them alive.
[[nodiscard]] std::vector<upstream_reading> readings_of(const generation& generation);

/// What metrics read of the addresses; see metrics::watch_addresses. It does not keep them alive.
[[nodiscard]] std::function<std::optional<std::uint64_t>()> address_reading_of(const generation& generation);

/// What metrics read of the issuers' key sets. It does not keep them alive.
[[nodiscard]] std::vector<key_set_reading> key_set_readings_of(const generation& generation);

/// Makes the generations of one process. One thread at a time.
class generation_maker {
  public:
    /// `threads` serve clients, `sweeper` is the housekeeping thread's. All must outlive it and the generations.
    generation_maker(const executor& housekeeping, sweeper& sweeper, unsigned threads, metrics& metrics,
                     access_log& log)
        : housekeeping_(housekeeping), sweeper_(sweeper), threads_(threads), metrics_(metrics), log_(log) {}

    /// `configuration` must be without faults. A provider that is in `running` (null at the start) just as it is now
    /// configured, certificates included, keeps its state; so do a client and the addresses with the limits that they
    /// have there. Null where a provider or an issuer cannot be made, for
    /// a file that is not fit, which is then in `faults`.
    [[nodiscard]] std::shared_ptr<const generation> make(const configuration& configuration, const generation* running,
                                                         std::vector<config::fault>& faults);

  private:
    std::shared_ptr<provider_state> state_of(const config::provider& settings, const adapters::profile& profile,
                                             const generation* running);
    issuer_states issuers_of(const config::access& settings, const generation* running,
                             std::vector<config::fault>& faults);
    std::shared_ptr<const client_registry> clients_of(const config::settings& settings, const generation* running,
                                                      const issuer_states& issuers);
    const secret& key_of(const config::cursor& settings);
    config::limits affordable_limits(const config::settings& settings);

    executor housekeeping_;
    sweeper& sweeper_;
    unsigned threads_;
    metrics& metrics_;
    access_log& log_;
    secret made_up_key_;  ///< empty until it is needed; then as long as the process, so that reloading ends no cursor
    std::uint64_t states_ = 0;
};

}  // namespace rollcall::gateway
