// Deadlines of one thread, checked together: one coarse timer instead of a timer for each operation.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "base/timer.hpp"

#include <boost/intrusive/list.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace rollcall {

class sweeper;

/// One operation's deadline. While armed it is linked into its sweeper; destroying it disarms it.
/// Not thread-safe: it lives on the sweeper's thread, and the sweeper must outlive every call of `arm`.
class watch : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
  public:
    /// `on_expired` is called once for each arming, on the sweeper's thread, after the deadline has passed and at most
    /// `sweeper::resolution` later than the timer allows. It may arm any watch, its own included, and may destroy
    /// any watch but its own.
    watch(sweeper& sweeper, std::function<void()> on_expired) : sweeper_(sweeper), on_expired_(std::move(on_expired)) {}
    watch(const watch&) = delete;
    watch& operator=(const watch&) = delete;

    /// Arming an armed watch moves its deadline. `on_expired` is never called from within.
    void arm(deadline at);
    void disarm() { unlink(); }
    [[nodiscard]] bool armed() const { return is_linked(); }
    [[nodiscard]] bool expired() const { return expired_; }  ///< since it was last armed

  private:
    friend class sweeper;
    sweeper& sweeper_;
    std::function<void()> on_expired_;
    deadline at_{};
    bool expired_ = false;
};

/// Sleeps until the earliest deadline it knows of, then calls every watch that is due; asleep while none is armed.
/// It wakes at most once each `resolution`, and a disarmed watch costs at most one needless waking.
class sweeper {
  public:
    static constexpr std::chrono::milliseconds resolution{5};

    explicit sweeper(const executor& executor) : timer_(executor) {}
    sweeper(const sweeper&) = delete;
    sweeper& operator=(const sweeper&) = delete;

  private:
    friend class watch;
    void wake_at(deadline at);
    void sweep();

    boost::intrusive::list<watch, boost::intrusive::constant_time_size<false>> armed_;
    steady_timer timer_;
    deadline wakes_at_ = deadline::max();  // max: asleep
    // Handlers hold it weakly, because one may already be queued when the sweeper is destroyed.
    std::shared_ptr<sweeper*> self_ = std::make_shared<sweeper*>(this);
};

}  // namespace rollcall
