// Gathering log lines and writing them to a descriptor: waiting for its reader, within bounds.
#include "gateway/telemetry/descriptor_sink.hpp"

#include <climits>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <string_view>
#include <thread>
#include <unistd.h>

namespace rollcall::gateway {

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    // What a pipe takes at once (pipe(7)), it takes whole: so the lines do, other than those that are longer.
    if (gathered_.size() + line.size() > PIPE_BUF) write_gathered();
    gathered_.append(line);
    ++lines_;
    if (is_followed_()) return;
    write_gathered();
    // Nobody has to be woken for the lines that come meanwhile, and they are written together.
    std::this_thread::sleep_for(gathering);
}

void descriptor_sink::write_gathered() {
    if (lines_ > 0 && !write({gathered_.data(), gathered_.size()})) on_lost_(lines_);
    gathered_.clear();
    lines_ = 0;
}

/// False: not all of it was written.
bool descriptor_sink::write(std::string_view text) {
    while (!text.empty()) {
        if (!writable()) return false;
        const ssize_t written = ::write(descriptor_, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
        // A pipe whose reader has gone says so with an error, because SIGPIPE is ignored; its lines have nowhere to go.
        if (written < 0 && errno != EINTR && errno != EAGAIN) return false;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

bool descriptor_sink::writable() {
    pollfd descriptor{descriptor_, POLLOUT, 0};
    stuck_ = ::poll(&descriptor, 1, stuck_ ? 0 : patience_ms) == 0;
    return !stuck_;
}

}  // namespace rollcall::gateway
