// Event loops that coalesce their calls on one board, driven by hand, and the clients that wait for them.
#pragma once

#include "adapters/pipeline/coalesce.hpp"
#include "base/timer.hpp"
#include "tests/adapters/pipeline/fakes.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>

namespace rollcall::adapters::tests {

inline deadline much_later() {
    return steady_clock::now() + std::chrono::hours{1};
}

/// Holds every call until it is released or stopped.
class held_layer : public layer {
  public:
    explicit held_layer(const executor& executor) : executor_(executor) {}

    awaitable<result<answer>> call(const request& request, deadline) override {
        ++begun;
        steady_timer& gate = gates_.emplace_back(executor_, steady_clock::time_point::max());
        boost::system::error_code error;
        const asio::use_awaitable_t<executor> token;
        co_await gate.async_wait(asio::redirect_error(token, error));
        if (!released_) {
            ++stopped;
            co_return failure{fault::cancelled, "it was stopped"};
        }
        if (failing) co_return failure{fault::unreachable, "no route"};
        co_return answer{content_of(request.target)};
    }

    void release() {
        released_ = true;
        for (steady_timer& gate : gates_)
            gate.cancel();
    }

    unsigned begun = 0;
    unsigned stopped = 0;
    bool failing = false;

  private:
    executor executor_;
    std::deque<steady_timer> gates_;
    bool released_ = false;
};

/// One thread's event loop with its layers, driven by hand.
struct loop {
    explicit loop(flight_board& board) : board(board) {}

    void run_what_is_ready() {
        io.restart();
        io.poll();
    }

    flight_board& board;
    std::atomic<std::uint64_t> writes{0};  // as one provider's on all threads, the same for all loops of a board
    counting_observer observer;
    std::chrono::milliseconds timeout{60'000};
    asio::io_context io{1};
    sweeper sweeps{io.get_executor()};
    held_layer next{io.get_executor()};
    coalesce_layer layer{next, board, writes, io.get_executor(), sweeps, timeout, observer};
};

/// A client that waits for one call.
struct client {
    client(loop& on, const char* target, deadline until = much_later()) : client(on, request_for(target), until) {}
    client(loop& on, request asked, deadline until = much_later()) : call(std::move(asked)) {
        asio::co_spawn(
            on.io, on.layer.call(call, until),
            asio::bind_cancellation_slot(gone.slot(), [this](const std::exception_ptr& error, result<answer> returned) {
                thrown = error != nullptr;
                if (!thrown) outcome = std::move(returned);
                ended = true;
            }));
    }

    [[nodiscard]] bool failed_with(fault kind) const {
        return outcome && !outcome->has_value() && outcome->error().kind == kind;
    }

    request call;
    asio::cancellation_signal gone;
    std::optional<result<answer>> outcome;
    bool ended = false;
    bool thrown = false;
};

inline void run_until_quiet(std::initializer_list<loop*> loops) {
    for (int round = 0; round < 8; ++round) {
        for (loop* const loop : loops)
            loop->run_what_is_ready();
    }
}

}  // namespace rollcall::adapters::tests
