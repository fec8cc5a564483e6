// One client's connection: sending an answer, to a client that may take it slowly, and closing after the last one.
#include "gateway/http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <array>

namespace rollcall::gateway {
namespace {

using boost::system::error_code;
constexpr asio::use_awaitable_t<executor> use_awaitable{};

constexpr std::size_t linger_read = 16 * 1024;
constexpr std::size_t most_lingering_bytes = 4 * 1024 * 1024;

}  // namespace

/// Sends both parts; false where the client does not take them. The non-blocking write comes first and nearly always
/// suffices.
awaitable<bool> session::send(std::string_view head, std::string_view body) {
    const session_timeouts& timeouts = environment_->options.timeouts;
    std::array<asio::const_buffer, 2> parts{asio::const_buffer(head.data(), head.size()),
                                            asio::const_buffer(body.data(), body.size())};
    std::optional<steady_clock::time_point> stalled_first;
    std::size_t taken_since = 0;
    for (;;) {
        error_code error;
        std::size_t count = stream_.write_some(parts, error);
        if (stalled_first) taken_since += count;
        for (asio::const_buffer& part : parts) {
            const std::size_t taken = std::min(count, part.size());
            part += taken;
            count -= taken;
        }
        if (parts[0].size() + parts[1].size() == 0) co_return true;
        if (!error) continue;
        if (error != asio::error::would_block) co_return false;
        const auto now = steady_clock::now();
        if (!stalled_first) stalled_first = now;
        const deadline too_slow = timeouts.write_rate.too_slow_from(*stalled_first, taken_since);
        if (now >= too_slow) co_return false;
        wait_until(phase::writing, std::min(now + timeouts.write, too_slow));
        auto token = asio::redirect_error(use_awaitable, error);
        co_await stream_.socket().async_wait(stream_.awaited(), token);
        if (error || client_gone_ || watch_.expired()) co_return false;
        watch_.disarm();
    }
}

/// Lets the client read the last answer: closing at once, with its bytes still unread, would reset the connection.
awaitable<void> session::linger() {
    wait_for(phase::lingering, environment_->options.timeouts.linger);
    error_code error;
    auto token = asio::redirect_error(use_awaitable, error);
    while (stream_.end_sending() == asio::error::would_block) {
        co_await stream_.socket().async_wait(stream_.awaited(), token);
        if (error || client_gone_ || watch_.expired()) co_return;
    }
    for (std::size_t dropped = 0; dropped < most_lingering_bytes;) {
        dropped += buffer_.bytes().size();
        buffer_.consume(buffer_.bytes().size());
        buffer_.make_room(linger_read);
        const bool received = co_await receive();
        if (!received) co_return;
    }
}

}  // namespace rollcall::gateway
