// Deadlines of one thread: the coarse timer and the list that it goes through.
#include "base/sweeper.hpp"

#include <algorithm>

namespace rollcall {

void watch::arm(deadline at) {
    // Unlinked first, because an expired watch that waits for its turn in sweep() stands in another list.
    unlink();
    at_ = at;
    expired_ = false;
    sweeper_.armed_.push_back(*this);
    // Being late by less than the resolution is allowed, and saves setting the timer anew.
    if (at < sweeper_.wakes_at_ && sweeper_.wakes_at_ - at > sweeper::resolution) sweeper_.wake_at(at);
}

void sweeper::wake_at(deadline at) {
    wakes_at_ = at;
    timer_.expires_at(at);
    timer_.async_wait([weak = std::weak_ptr(self_)](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!error && self) (*self)->sweep();
    });
}

void sweeper::sweep() {
    const auto now = steady_clock::now();
    wakes_at_ = deadline::max();
    // Expired watches are moved to a list of their own first, because a callback may arm or destroy any watch.
    decltype(armed_) due;
    auto earliest = deadline::max();
    for (auto at = armed_.begin(); at != armed_.end();) {
        watch& candidate = *at++;
        if (candidate.at_ > now) {
            earliest = std::min(earliest, candidate.at_);
            continue;
        }
        candidate.unlink();
        due.push_back(candidate);
    }
    if (earliest != deadline::max()) wake_at(std::max(earliest, now + resolution));
    while (!due.empty()) {
        watch& expired = due.front();
        expired.unlink();
        expired.expired_ = true;
        expired.on_expired_();
    }
}

}  // namespace rollcall
