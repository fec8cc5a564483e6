// Writing log lines to a descriptor: waiting for its reader, within bounds.
#include "gateway/telemetry/descriptor_sink.hpp"

#include <climits>
#include <spdlog/details/log_msg.h>
#include <spdlog/formatter.h>

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace rollcall::gateway {

void descriptor_sink::sink_it_(const spdlog::details::log_msg& message) {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    for (std::string_view rest{line.data(), line.size()}; !rest.empty();) {
        if (!writable()) spdlog::throw_spdlog_ex("nobody reads the log");
        // A pipe that is writable takes PIPE_BUF bytes at once without blocking (pipe(7)).
        const ssize_t written = ::write(descriptor_, rest.data(), std::min<std::size_t>(rest.size(), PIPE_BUF));
        // A pipe whose reader has gone says so with an error, because SIGPIPE is ignored; its lines have nowhere to go.
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            spdlog::throw_spdlog_ex("the log cannot be written", errno);
        if (written > 0) rest.remove_prefix(static_cast<std::size_t>(written));
    }
}

bool descriptor_sink::writable() {
    pollfd descriptor{descriptor_, POLLOUT, 0};
    stuck_ = ::poll(&descriptor, 1, stuck_ ? 0 : patience_ms) == 0;
    return !stuck_;
}

}  // namespace rollcall::gateway
