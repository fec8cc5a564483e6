// The line of those who wait for a place: who is called, and how one leaves it early.
#include "gateway/http/admission.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace rollcall::gateway {
namespace {

/// How often it is looked whether another thread has given a place back, which nobody here is told of.
constexpr std::chrono::milliseconds look_around{10};

}  // namespace

void admission::set_limit(std::size_t limit) {
    limit_ = limit;
    call_waiters();
}

std::optional<admission::pass> admission::enter() {
    if (!waiting_.empty() || !take_place()) return std::nullopt;
    return pass{*this};
}

awaitable<std::optional<admission::pass>> admission::wait_to_enter(deadline until) {
    const executor here = co_await asio::this_coro::executor;
    waiter waiter(*this, here, until);
    if (!elsewhere_.armed()) elsewhere_.arm(steady_clock::now() + look_around);
    boost::system::error_code ignored;  // what has happened is for the waiter to say
    auto token = asio::redirect_error(asio::use_awaitable_t<executor>{}, ignored);
    co_await waiter.called_up().async_wait(token);
    co_return waiter.take();
}

bool admission::take_place() {
    if (load_.in_flight.fetch_add(1, std::memory_order_relaxed) < limit_) return true;
    load_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    return false;
}

void admission::leave() {
    load_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    call_waiters();
}

void admission::call_waiters() {
    while (!waiting_.empty() && take_place()) {
        waiter& first = waiting_.front();
        waiting_.pop_front();
        first.call();
    }
}

void admission::look_elsewhere() {
    call_waiters();
    if (!waiting_.empty()) elsewhere_.arm(steady_clock::now() + look_around);
}

}  // namespace rollcall::gateway
