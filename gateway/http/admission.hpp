// Which requests are answered, and which wait for a place: first come, first served. What is done with those that get
// none is session.
#pragma once

#include "base/executor.hpp"
#include "base/sweeper.hpp"
#include "gateway/http/load.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <optional>
#include <utility>

namespace rollcall::gateway {

/// One thread's door to the places that all threads share. While anybody waits at it nobody overtakes. It lives on its
/// thread; `load` and `sweeper` must outlive it.
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

    admission(sweeper& sweeper, listener_load& load, std::size_t limit)
        : load_(load), limit_(limit), elsewhere_(sweeper, [this] { look_elsewhere(); }) {}

    /// From now on there are so many places. Those that are taken beyond them are not taken away.
    void set_limit(std::size_t limit);

    /// Empty where no place is free, or others wait already.
    [[nodiscard]] std::optional<pass> enter();
    /// A place in its turn; empty where its turn has not come by `until`. Cancellation ends the waiting.
    [[nodiscard]] awaitable<std::optional<pass>> wait_to_enter(deadline until);

    [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

  private:
    using timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor>;

    /// One who waits. Whoever goes at the moment in which he is called passes his place on.
    class waiter : public boost::intrusive::list_base_hook<> {
      public:
        waiter(admission& line, const executor& where, deadline until) : line_(line), called_up_(where, until) {
            line_.waiting_.push_back(*this);
        }
        waiter(const waiter&) = delete;
        waiter& operator=(const waiter&) = delete;
        ~waiter() {
            if (is_linked()) line_.waiting_.erase(line_.waiting_.iterator_to(*this));
            if (called_ && !taken_) line_.leave();
        }

        void call() {
            called_ = true;
            called_up_.cancel();
        }

        [[nodiscard]] std::optional<pass> take() {
            if (!called_) return std::nullopt;
            taken_ = true;
            return pass{line_};
        }

        timer& called_up() { return called_up_; }

      private:
        admission& line_;
        /// It expires when the waiting has been in vain, and is cancelled when there is a place.
        timer called_up_;
        bool called_ = false;
        bool taken_ = false;
    };

    bool take_place();
    void leave();
    void call_waiters();
    void look_elsewhere();

    listener_load& load_;
    std::size_t limit_;
    boost::intrusive::list<waiter> waiting_;
    watch elsewhere_;  // armed while anybody waits
};

}  // namespace rollcall::gateway
