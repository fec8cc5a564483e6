// In which order, and when, the addresses of a host are tried (RFC 8305). Plain arithmetic on moments: no socket and no
// timer; carrying it out is connect's.
#pragma once

#include "base/clock.hpp"

#include <algorithm>
#include <cstddef>

namespace rollcall::adapters {

/// One connection attempt after the other, each begun a while after the one before, or at once where that has failed,
/// while the earlier ones go on. The first that succeeds ends it; telling it so is not needed.
class connect_schedule {
  public:
    static constexpr std::chrono::milliseconds regular_delay{250};  ///< RFC 8305, section 5
    static constexpr std::chrono::milliseconds shortest_delay{10};  ///< the same

    struct step {
        enum class kind {
            start,  ///< attempt the address `index`, then ask again
            wait,   ///< for an attempt to end, or until `until`, then ask again
            lost,   ///< every attempt has failed
        };
        kind what = kind::lost;
        std::size_t index = 0;
        deadline until = deadline::max();
    };

    /// Where the time until the deadline is short, the delay is too, so that every address has its turn.
    connect_schedule(std::size_t addresses, steady_clock::time_point now, deadline until)
        : addresses_(addresses), next_at_(now) {
        const auto share = (until - now) / static_cast<steady_clock::rep>(std::max<std::size_t>(addresses, 1));
        delay_ = std::clamp<steady_clock::duration>(share, shortest_delay, regular_delay);
    }

    [[nodiscard]] step next(steady_clock::time_point now) {
        if (started_ < addresses_ && now >= next_at_) {
            next_at_ = now + delay_;
            ++running_;
            return {step::kind::start, started_++};
        }
        if (started_ < addresses_) return {step::kind::wait, 0, next_at_};
        if (running_ > 0) return {step::kind::wait};
        return {step::kind::lost};
    }

    /// The attempt of the address `index` has failed. The next need not wait if it was the latest, or the last that
    /// was under way.
    void failed(std::size_t index) {
        --running_;
        if (index + 1 == started_ || running_ == 0) next_at_ = steady_clock::time_point::min();
    }

  private:
    std::size_t addresses_;
    std::size_t started_ = 0;
    std::size_t running_ = 0;
    steady_clock::duration delay_{};
    steady_clock::time_point next_at_;
};

}  // namespace rollcall::adapters
