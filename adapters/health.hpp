// How a provider has been doing lately, for whoever asks; every report is passed on to the next observer.
#pragma once

#include "adapters/observer.hpp"

#include <atomic>
#include <mutex>
#include <optional>

namespace rollcall::adapters {

/// Thread-safe. The next observer must outlive it.
class health : public upstream_observer {
  public:
    struct report {
        std::optional<system_clock::time_point> last_success{};
        std::optional<system_clock::time_point> last_failure{};
        std::optional<fault> last_fault{};  ///< of that failure
    };

    explicit health(upstream_observer& next) : next_(next) {}

    [[nodiscard]] report now() const {
        const std::lock_guard lock{mutex_};
        return report_;
    }
    /// That are open, busy or kept, or being opened, over all threads.
    [[nodiscard]] int connections() const { return connections_; }

    void exchanged(operation_kind operation, std::optional<fault> outcome, steady_clock::duration took) override;
    void retried(operation_kind operation) override { next_.retried(operation); }
    void hedged(bool won) override { next_.hedged(won); }
    void cached(cache_event event) override { next_.cached(event); }
    void breaker_changed(breaker_state now) override { next_.breaker_changed(now); }
    void shed(shed_reason reason) override { next_.shed(reason); }
    void connections_changed(int by) override {
        connections_ += by;
        next_.connections_changed(by);
    }
    void schema_faults(std::string_view field, std::uint32_t count) override { next_.schema_faults(field, count); }

  private:
    upstream_observer& next_;
    mutable std::mutex mutex_;
    report report_;
    std::atomic<int> connections_{0};
};

}  // namespace rollcall::adapters
