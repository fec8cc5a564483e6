// Looking at files every second.
#include "gateway/file_watch.hpp"

#include <chrono>
#include <sys/stat.h>
#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::chrono::milliseconds look_period{1000};

file_stamp stamp_of(const std::string& path) {
    struct stat found {};
    if (path.empty() || ::stat(path.c_str(), &found) != 0) return {};
    constexpr std::int64_t ns_in_s = 1'000'000'000;
    return {found.st_dev, found.st_ino, found.st_size, found.st_mtim.tv_sec * ns_in_s + found.st_mtim.tv_nsec};
}

}  // namespace

file_watch::file_watch(const executor& housekeeping, std::function<void()> on_change)
    : timer_(housekeeping), on_change_(std::move(on_change)) {}

void file_watch::watch(std::vector<std::string> paths) {
    paths_ = std::move(paths);
    read_ = seen_ = stamps_now();
    look_again();
}

void file_watch::stop() {
    paths_.clear();
    timer_.cancel();
}

file_watch::stamps file_watch::stamps_now() const {
    stamps found;
    for (const std::string& path : paths_)
        found.push_back(stamp_of(path));
    return found;
}

void file_watch::look_again() {
    timer_.expires_after(look_period);
    timer_.async_wait([weak = std::weak_ptr{self_}](const boost::system::error_code& cancelled) {
        const auto self = weak.lock();
        if (!cancelled && self && !(*self)->paths_.empty()) (*self)->look();
    });
}

void file_watch::look() {
    stamps found = stamps_now();
    const bool changed = found != read_ && found == seen_;
    seen_ = std::move(found);
    if (changed) read_ = seen_;
    look_again();
    if (changed) on_change_();
}

}  // namespace rollcall::gateway
