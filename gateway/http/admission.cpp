// The line of those who wait for a place: who is called, and how one leaves it early.
#include "gateway/http/admission.hpp"

#include "base/timer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::gateway {

/// One who waits. Shared with the message that calls him, which may still be under way when he has gone.
struct admission::waiter : hook, std::enable_shared_from_this<waiter> {
    waiter(const executor& thread, deadline until) : thread(thread), called_up(thread, until) {}

    /// With the line's mutex held: he stands in it, so that his thread is there.
    void call() {
        called = true;
        asio::post(thread, [self = shared_from_this()] { self->called_up.cancel(); });
    }

    executor thread;
    /// It expires when the waiting has been in vain, and is cancelled when there is a place. His own thread's.
    steady_timer called_up;
    bool called = false;  ///< a place is his own; the line's mutex guards it
};

/// A waiter's time in the line. Whoever goes at the moment in which he is called passes his place on.
class admission::stay {
  public:
    stay(admission& line, std::shared_ptr<waiter> who) : line_(line), who_(std::move(who)) {
        const std::lock_guard lock(line_.mutex_);
        line_.line_.push_back(*who_);
        ++line_.waiting_;
        line_.call_waiters();
    }
    stay(const stay&) = delete;
    stay& operator=(const stay&) = delete;
    ~stay() { const auto passed_on = take(); }

    /// Ends it.
    [[nodiscard]] std::optional<pass> take() {
        if (who_ == nullptr) return std::nullopt;
        const auto who = std::exchange(who_, nullptr);
        const std::lock_guard lock(line_.mutex_);
        if (who->called) return pass{line_};
        line_.line_.erase(line_.line_.iterator_to(*who));
        --line_.waiting_;
        return std::nullopt;
    }

  private:
    admission& line_;
    std::shared_ptr<waiter> who_;
};

void admission::set_limit(std::size_t limit) {
    limit_ = limit;
    const std::lock_guard lock(mutex_);
    call_waiters();
}

std::optional<admission::pass> admission::enter() {
    if (waiting_ != 0 || !take_place()) return std::nullopt;
    return pass{*this};
}

awaitable<std::optional<admission::pass>> admission::wait_to_enter(deadline until) {
    const executor here = co_await asio::this_coro::executor;
    const auto who = std::make_shared<waiter>(here, until);
    stay stay(*this, who);
    boost::system::error_code ignored;  // what has happened is for the waiter to say
    auto token = asio::redirect_error(asio::use_awaitable_t<executor>{}, ignored);
    co_await who->called_up.async_wait(token);
    co_return stay.take();
}

bool admission::take_place() {
    if (taken_.fetch_add(1) < limit_) return true;
    taken_.fetch_sub(1);
    return false;
}

void admission::leave() {
    taken_.fetch_sub(1);
    if (waiting_ == 0) return;
    const std::lock_guard lock(mutex_);
    call_waiters();
}

/// With the mutex held.
void admission::call_waiters() {
    while (!line_.empty() && take_place()) {
        auto& first = static_cast<waiter&>(line_.front());  // all that stand in the line are waiters
        line_.pop_front();
        --waiting_;
        first.call();
    }
}

}  // namespace rollcall::gateway
