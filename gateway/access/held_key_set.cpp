// The one place where threads meet over an issuer's keys.
#include "gateway/access/held_key_set.hpp"

namespace rollcall::gateway {
namespace {

system_clock::time_point moment_of(const std::atomic<system_clock::rep>& count) {
    return system_clock::time_point{system_clock::duration{count.load(std::memory_order_acquire)}};
}

}  // namespace

held_key_set::state held_key_set::now() const {
    const std::lock_guard lock{mutex_};
    return {keys_, moment_of(confirmed_at_)};
}

bool held_key_set::counts_at(system_clock::time_point moment) const {
    if (version() == 0) return false;
    return !lifetime_ || moment - moment_of(confirmed_at_) <= *lifetime_;
}

bool held_key_set::put(std::shared_ptr<const key_set> keys, system_clock::time_point when) {
    {
        const std::lock_guard lock{mutex_};
        confirmed_at_.store(when.time_since_epoch().count(), std::memory_order_release);
        if (keys_ && keys_->text() == keys->text()) return false;
        keys_ = std::move(keys);
        version_.fetch_add(1, std::memory_order_release);
    }
    changed_.notify_all();
    return true;
}

void held_key_set::ask_for_newer() const {
    if (asked_) asked_();
}

bool held_key_set::wait_until_there(std::chrono::milliseconds timeout) const {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, timeout, [this] { return keys_ != nullptr; });
}

}  // namespace rollcall::gateway
