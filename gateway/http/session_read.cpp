// One client's connection: how a whole request is read, in whatever pieces it comes.
#include "gateway/http/chunked_decoder.hpp"
#include "gateway/http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace rollcall::gateway {
namespace {

using boost::system::error_code;
constexpr asio::use_awaitable_t<executor> use_awaitable{};

constexpr std::size_t smallest_read = 1024;
constexpr std::size_t body_read = 16 * 1024;
constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// The bytes of one body on their way out of the read buffer.
class body_collector {
  public:
    body_collector(const request_head& head, const config::limits& limits)
        : chunked_(head.framing == body_framing::chunked),
          left_(head.content_length),
          decoder_(limits.body_bytes, limits.header_bytes) {}

    chunked_decoder::verdict take(std::string_view input, std::string& body, std::size_t& consumed) {
        if (chunked_) return decoder_.feed(input, body, consumed);
        consumed = static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size()));
        body += input.substr(0, consumed);
        left_ -= consumed;
        return left_ == 0 ? chunked_decoder::verdict::complete : chunked_decoder::verdict::more;
    }

    [[nodiscard]] const head_fault& fault() const { return decoder_.fault(); }

  private:
    bool chunked_;
    std::uint64_t left_;
    chunked_decoder decoder_;
};

}  // namespace

/// Waits for one whole request. A head that is complete when it is first looked at costs no deadline of its own.
awaitable<session::arrival> session::read_request() {
    const session_timeouts& timeouts = environment_->options.timeouts;
    head_.fields.clear();
    head_.method = method::other;
    head_.path = head_.query = {};
    head_.http_1_0 = false;
    used_ = 0;
    phase_ = phase::idle;
    while (buffer_.empty()) {
        wait_for_request();
        buffer_.make_room(smallest_read);
        const bool received = co_await receive();
        if (!received) co_return arrival::none;
    }
    policy_ = environment_->policy;
    const config::limits& limits = policy_->limits;
    head_finder finder(limits);
    for (;;) {
        const auto verdict = finder.look(buffer_.bytes());
        if (verdict == head_finder::verdict::failed) co_return refuse(finder.fault());
        if (verdict == head_finder::verdict::complete) break;
        if (phase_ == phase::idle) wait_for(phase::head, timeouts.head);
        buffer_.make_room(smallest_read);
        const bool received = co_await receive();
        if (!received) co_return refuse_late();
    }
    watch_.disarm();
    const auto block = buffer_.bytes().substr(0, finder.end()).substr(finder.begin());
    if (const auto fault = read_head(block, limits, head_)) co_return refuse(*fault);

    head_end_ = used_ = finder.end();
    body_view_ = {};
    if (head_.framing == body_framing::none) co_return arrival::complete;
    if (head_.content_length > limits.body_bytes) {
        co_return refuse({problem_code::payload_too_large, "The body exceeds the limit."});
    }
    const auto behind = buffer_.bytes().substr(head_end_);
    if (head_.framing == body_framing::length && behind.size() >= head_.content_length) {
        body_view_ = behind.substr(0, static_cast<std::size_t>(head_.content_length));
        used_ += body_view_.size();
        co_return arrival::complete;
    }
    const arrival arrived = co_await read_body(finder.begin());
    co_return arrived;
}

/// Collects a body that did not come whole with its head. What comes behind it stays in the buffer.
awaitable<session::arrival> session::read_body(std::size_t head_begin) {
    const config::limits& limits = policy_->limits;
    if (head_.expects_continue && buffer_.bytes().size() == head_end_) {
        const bool sent = co_await send(continue_line, {});
        if (!sent) co_return arrival::none;
    }
    // The buffer may move here and nowhere later, so the head is read again where it stands then.
    buffer_.make_room(body_read);
    const auto block = buffer_.bytes().substr(0, head_end_).substr(head_begin);
    if (const auto fault = read_head(block, limits, head_)) co_return refuse(*fault);

    body_.clear();
    body_collector collector(head_, limits);
    body_began_ = steady_clock::now();
    body_received_ = 0;
    wait_until(phase::body, body_deadline());
    for (;;) {
        std::size_t consumed = 0;
        const auto verdict = collector.take(buffer_.bytes().substr(head_end_), body_, consumed);
        used_ = head_end_ + consumed;
        if (verdict == chunked_decoder::verdict::failed) co_return refuse(collector.fault());
        if (verdict == chunked_decoder::verdict::complete) break;
        buffer_.keep(head_end_);
        const bool received = co_await receive();
        if (!received) co_return refuse_late();
        body_received_ += buffer_.bytes().size() - head_end_;
    }
    watch_.disarm();
    body_view_ = body_;
    co_return arrival::complete;
}

/// Waits for more bytes; false where there will be none: the client has ended, or the time is up.
awaitable<bool> session::receive() {
    error_code error;
    auto token = asio::redirect_error(use_awaitable, error);
    const auto room = buffer_.room();
    const asio::mutable_buffer target(room.data(), room.size());
    const std::size_t count = co_await socket_.async_read_some(target, token);
    if (error == asio::error::operation_aborted && phase_ == phase::idle && environment_->draining) {
        co_return receive_at_once();
    }
    // A request that comes just when its connection has been idle for too long is still a request.
    if (error || (watch_.expired() && phase_ != phase::idle)) co_return false;
    buffer_.received(count);
    co_return true;
}

/// Takes a request that came just when its time was up, in a drain.
bool session::receive_at_once() {
    error_code error;
    const auto room = buffer_.room();
    const std::size_t count = socket_.read_some(asio::mutable_buffer(room.data(), room.size()), error);
    if (error) return false;
    buffer_.received(count);
    return true;
}

session::arrival session::refuse(head_fault fault) {
    watch_.disarm();
    fault_ = fault;
    return arrival::faulty;
}

/// No more bytes came: a request that took too long is told so; one that was broken off gets no answer.
session::arrival session::refuse_late() {
    const bool reading = phase_ == phase::head || phase_ == phase::body;
    if (!reading || !watch_.expired()) return arrival::none;
    return refuse({problem_code::request_timeout, "The request did not arrive in time."});
}

}  // namespace rollcall::gateway
