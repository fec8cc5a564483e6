// Which requests are answered, and which wait for a place: first come, first served, over all threads. What is done
// with those that get none is session.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"

#include <boost/intrusive/list.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace rollcall::gateway {

/// A number of places that all threads share, and one line of those who wait for one. While anybody waits, on
/// whichever thread, nobody overtakes. Thread-safe; the mutex is taken only where somebody waits.
class admission {
  public:
    /// The right to be answered, given back when it is destroyed. The admission must outlive it.
    class pass {
      public:
        explicit pass(admission& from) : from_(&from) {}
        pass(pass&& other) noexcept : from_(std::exchange(other.from_, nullptr)) {}
        pass& operator=(pass&& other) noexcept {
            std::swap(from_, other.from_);
            return *this;
        }
        ~pass() {
            if (from_ != nullptr) from_->leave();
        }

      private:
        admission* from_;
    };

    admission() = default;
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;

    /// From now on there are so many places; before, there is none. Those that are taken beyond them are not taken
    /// away.
    void set_limit(std::size_t limit);

    /// Empty where no place is free, or others wait already.
    [[nodiscard]] std::optional<pass> enter();
    /// A place in its turn; empty where its turn has not come by `until`, or when the waiting is cancelled.
    [[nodiscard]] awaitable<std::optional<pass>> wait_to_enter(deadline until);

    [[nodiscard]] std::size_t taken() const { return taken_; }
    [[nodiscard]] std::size_t waiting() const { return waiting_; }

  private:
    struct waiter;
    class stay;
    struct hook : boost::intrusive::list_base_hook<> {};

    bool take_place();
    void leave();
    void call_waiters();

    std::atomic<std::size_t> limit_{0};
    std::atomic<std::size_t> taken_{0};
    /// How many stand in the line. Who leaves looks here after giving the place back, and who joins looks for a place
    /// after being counted here; so one of the two sees the other.
    std::atomic<std::size_t> waiting_{0};
    std::mutex mutex_;  // of the line, and of what its waiters have been told
    boost::intrusive::list<hook> line_;
};

}  // namespace rollcall::gateway
