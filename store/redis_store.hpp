// What the replicas share, in a Redis: the provider's accounts, pages and writes as scripts and keys. One thread's part
// of it; what the threads share of it is place.
#pragma once

#include "adapters/pipeline/replica_store.hpp"
#include "store/client.hpp"
#include "store/script.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::store {

/// The Redis of this process, for all its threads. What it refers to must outlive it.
struct place {
    const config::redis& settings;
    adapters::addresses& addresses;
    adapters::tls_context* tls;  ///< null: without TLS
    store::observer& observer;
    std::string process;  ///< tells this process's own messages from those of the others; of letters and digits
};

/// The channel on which writes are told: `<replica_names::pages> <process>`.
[[nodiscard]] std::string channel_of(const config::redis& settings);

/// Before `open` and after `close` nothing can be asked of it, so that what unwinds late may still give back.
class redis_store final : public adapters::replica_store {
  public:
    /// `place` must outlive it.
    explicit redis_store(const place& place);
    ~redis_store() override;

    /// Begins to connect, on that thread. Both must outlive `close`.
    void open(const executor& executor, sweeper& sweeper);
    void close() {
        client_.reset();
        owed_.clear();  // they may hold timers of the event loop, which ends before this does
    }

    [[nodiscard]] awaitable<adapters::replica_ticket> take(const adapters::replica_account& account,
                                                           deadline until) override;
    void give_back(const adapters::replica_account& account, const adapters::replica_ticket& ticket) override;
    void announce(const adapters::replica_account& account, const adapters::announced_quota& announced) override;
    void hold(const adapters::replica_account& account, std::chrono::seconds time) override;

    [[nodiscard]] awaitable<adapters::replica_finding> find(const std::string& pages, const std::string& key,
                                                            bool wanted, deadline until) override;
    void keep(const std::string& pages, const std::string& key, const adapters::kept_page& page) override;

    void wrote(const std::string& pages, std::function<void(bool done)> told) override;

  private:
    using words = std::initializer_list<std::string_view>;
    using handler = client::handler;

    /// Runs a script, which Redis is told anew where it has forgotten it. `done` is called once, perhaps at once; never
    /// where the store is closed first.
    void run(const script& script, words keys, words arguments, deadline until, handler done);
    /// The same for whom nobody waits.
    void run(const script& script, words keys, words arguments);
    void load_scripts();
    [[nodiscard]] deadline soon(deadline until) const;
    void give_back(const std::string& account, const adapters::replica_ticket& ticket);
    void tell_what_is_owed();

    [[nodiscard]] std::string key_of(std::string_view name, std::string_view part) const;

    const place& place_;
    script take_{"take"};
    script give_back_{"give_back"};
    script announce_{"announce"};
    script hold_{"hold"};
    script find_{"find"};
    script keep_{"keep"};
    script wrote_{"wrote"};
    std::map<std::string, std::function<void(bool done)>> owed_;  // writes that could not be told, by the pages' name
    std::optional<client> client_;
};

}  // namespace rollcall::store
