// One thread of the gateway: assembling it, running it, passing from one generation to the next, ending it.
#include "gateway/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <iterator>
#include <numeric>
#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::chrono::milliseconds drain_check{10};

/// How often it is looked whether what is retired may go.
constexpr std::chrono::milliseconds retirement_check{100};

/// A call that has run out of time still unwinds, in a few turns of the event loop. They are counted by turns and not
/// by the clock, because a thread that was held up finds every deadline passed at once.
constexpr int turns_to_unwind = 10;

}  // namespace

worker::worker(const shared_state& shared, const listener_options& options, std::shared_ptr<const generation> first,
               request_observer& observer, std::shared_ptr<listener_load> load)
    : generations_{std::move(first)},
      store_(shared.place == nullptr ? nullptr : std::make_unique<store::redis_store>(*shared.place)),
      shared_(shared),
      serving_(std::make_unique<serving>(*generations_.back(), shared_, resources())),
      listener_(std::make_unique<listener>(io_.get_executor(), sweeper_, options, serving_->policy(), observer,
                                           std::move(load))) {
    if (store_) store_->open(io_.get_executor(), sweeper_);
}

worker::~worker() {
    if (store_) store_->close();
}

void worker::run() {
    const auto open_for_business = asio::make_work_guard(io_);
    listener_->start();
    io_.run();
    // Who was broken off unwinds before what it stands on goes away.
    io_.restart();
    io_.poll();
}

void worker::adopt(std::shared_ptr<const generation> next, std::function<void()> done) {
    asio::post(io_, [this, next = std::move(next), done = std::move(done)]() mutable {
        if (!listener_) return;
        const auto former = std::prev(generations_.end());
        generations_.push_back(std::move(next));
        auto fresh = std::make_unique<serving>(*generations_.back(), shared_, resources());
        listener_->adopt(fresh->policy());
        retire(std::exchange(serving_, std::move(fresh)), former);
        done();
    });
}

void worker::retire(std::unique_ptr<serving> former, generations::iterator generation) {
    retired_.push_back({std::move(former), generation, std::nullopt, turns_to_unwind});
    if (!retirement_.armed()) retirement_.arm(steady_clock::now() + retirement_check);
}

/// May it go away? To be asked once in a turn.
bool worker::is_over(retired& retired) {
    const auto now = steady_clock::now();
    if (!retired.calls_end) {
        if (!retired.serving->in_use()) retired.calls_end = now + retired.serving->longest_call();
        return false;
    }
    return now >= *retired.calls_end && --retired.turns_left == 0;
}

void worker::let_go() {
    for (auto at = retired_.begin(); at != retired_.end();) {
        if (!is_over(*at)) {
            ++at;
            continue;
        }
        const auto generation = at->generation;
        at = retired_.erase(at);
        generations_.erase(generation);
    }
    if (!retired_.empty()) retirement_.arm(steady_clock::now() + retirement_check);
}

void worker::adopt_tls(std::shared_ptr<const tls_context> tls) {
    asio::post(io_, [this, tls = std::move(tls)]() mutable {
        if (listener_) listener_->adopt_tls(std::move(tls));
    });
}

void worker::announce_end() {
    asio::post(io_, [this] {
        if (listener_) listener_->announce_end();
    });
}

void worker::drain(deadline until) {
    asio::post(io_, [this, until] {
        if (!listener_) return;
        listener_->drain();
        end_when_idle(until);
    });
}

std::size_t worker::writes_under_way() const {
    return std::accumulate(
        retired_.begin(), retired_.end(), serving_->writes_under_way(),
        [](std::size_t sum, const retired& former) { return sum + former.serving->writes_under_way(); });
}

/// Whoever is still here after the drain's time. It is done within the loop, because only there does Asio cancel a
/// coroutine at once: from without it sends a message, which may find that the coroutine has ended.
void worker::break_off() {
    listener_.reset();
    serving_->stop();
    for (const retired& former : retired_)
        former.serving->stop();
}

void worker::end_when_idle(deadline until) {
    const bool idle = listener_->is_drained() && writes_under_way() == 0;
    if (idle || steady_clock::now() >= until) {
        break_off();
        io_.stop();
        return;
    }
    drain_timer_.expires_after(drain_check);
    drain_timer_.async_wait([this, until](const boost::system::error_code& error) {
        if (!error) end_when_idle(until);
    });
}

}  // namespace rollcall::gateway
