// Passing from one configuration to the next while clients are served: reading, judging, waiting for names, handing
// over, and saying how it went. How a thread takes a generation over is worker's matter.
#pragma once

#include "base/timer.hpp"
#include "gateway/generation.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace rollcall::gateway {

/// On the housekeeping thread, but for its construction.
class reloader {
  public:
    /// Makes every thread adopt the generation; `done` is called, on whatever thread, when all of them have.
    using handover = std::function<void(const std::shared_ptr<const generation>& next, std::function<void()> done)>;

    /// `first` is served already. Everything must outlive it and the run of the housekeeping context.
    reloader(const executor& housekeeping, std::shared_ptr<const generation> first, configuration_reader read,
             generation_maker& maker, handover hand_over, metrics& metrics, access_log& log);

    /// The generation that requests which arrive now are answered by, or will be in a moment.
    [[nodiscard]] const generation& running() const { return *running_; }

    /// Reads the configuration and, where it is without faults, hands it over: at once, or when the hosts that are new
    /// in it have addresses and the issuers keys, which is waited for at most a second. A reading that comes meanwhile
    /// takes its place. One with faults changes nothing; each is logged.
    void reload();

    /// Nothing is read or handed over any more.
    void stop();

  private:
    void refuse_unguarded(configuration& read) const;
    void refuse(const std::vector<config::fault>& faults);
    void warn_of_settings_for_restart(const config::settings& settings);
    void hand_over_when_resolved();
    void hand_over();

    steady_timer timer_;
    configuration_reader read_;
    generation_maker& maker_;
    handover hand_over_;
    metrics& metrics_;
    access_log& log_;
    const config::server server_;  ///< these four as the process began with them
    const config::log logged_;
    const config::cache cache_;
    const std::optional<config::redis> redis_;
    std::shared_ptr<const generation> running_;
    std::shared_ptr<const generation> next_;  ///< waits for addresses; null: none does
    deadline next_waits_until_{};
    bool stopped_ = false;
};

/// Logs the providers whose hosts have no address yet.
void warn_of_unresolved(const generation& generation, access_log& log);

}  // namespace rollcall::gateway
