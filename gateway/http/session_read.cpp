// One client's connection: how a whole request is read, in whatever pieces it comes.
#include "gateway/http/chunked_decoder.hpp"
#include "gateway/http/session.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
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

/// The handshake of a connection over TLS. A client that speaks HTTP without it gets an answer, like nginx's.
awaitable<session::arrival> session::shake_hands() {
    const session_timeouts& timeouts = environment_->options.timeouts;
    wait_for(phase::handshake, environment_->draining ? timeouts.last_request : timeouts.tls_handshake);
    const error_code failure = co_await go_on_shaking_hands();
    const bool late = watch_.expired();
    watch_.disarm();
    if (client_gone_) co_return arrival::none;
    request_observer& observer = environment_->observer;
    if (!failure) {
        observer.tls_handshake(stream_.resumed() ? tls_outcome::resumed : tls_outcome::full, {});
        co_return arrival::complete;
    }
    if (late) {
        observer.tls_handshake(tls_outcome::timeout, {});
        co_return arrival::none;
    }
    if (stream_.tls() == nullptr) {
        observer.tls_handshake(tls_outcome::plain_http, {});
        policy_ = environment_->policy;
        co_return refuse({problem_code::malformed_request, "This port speaks HTTPS; the request came without TLS."});
    }
    const bool left = failure == asio::error::eof || failure == asio::error::connection_reset;
    observer.tls_handshake(stream_.certificate_refused() ? tls_outcome::certificate
                           : left                        ? tls_outcome::abandoned
                                                         : tls_outcome::failed,
                           stream_.refusal());
    // Closed at once, the connection could be reset before the client has read why.
    co_await linger();
    co_return arrival::none;
}

/// Until it is done, has failed or is out of time. Of a connection that begins without TLS it makes a plain one.
awaitable<error_code> session::go_on_shaking_hands() {
    error_code error = asio::error::would_block;
    auto token = asio::redirect_error(use_awaitable, error);
    for (bool first = true; error == asio::error::would_block; first = false) {
        if (watch_.expired()) co_return asio::error::timed_out;
        co_await stream_.socket().async_wait(stream_.awaited(), token);
        if (error || client_gone_) co_return asio::error::operation_aborted;
        if (first && stream_.begins_plainly()) {
            stream_.forget_tls();
            co_return asio::error::operation_not_supported;
        }
        error = stream_.shake_hands();
    }
    co_return error;
}

/// Waits for one whole request. A head that is complete when it is first looked at costs no deadline of its own.
awaitable<session::arrival> session::read_request() {
    const session_timeouts& timeouts = environment_->options.timeouts;
    head_.fields.clear();
    head_.method = method::other;
    head_.path = head_.query = {};
    head_.http_1_0 = false;
    used_ = 0;
    if (stream_.is_to_shake_hands()) {
        const arrival shaken = co_await shake_hands();
        if (shaken != arrival::complete) co_return shaken;
    }
    phase_ = phase::idle;
    // Asio tries to read before it waits. After everybody's turn the next request mostly is there where many clients
    // ask, and one read in vain less is 6 % of a cached page's CPU.
    if (buffer_.empty() && stream_.tls() == nullptr)
        co_await asio::post(stream_.socket().get_executor(), use_awaitable);
    while (buffer_.empty()) {
        wait_for_request();
        buffer_.make_room(smallest_read);
        const bool received = co_await receive();
        if (!received) co_return arrival::none;
    }
    policy_ = environment_->policy;
    stream_.review_certificate(environment_->tls, system_clock::now());
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
    if (!is_welcome()) co_return arrival::unread;
    const arrival arrived = co_await read_body(finder.begin());
    co_return arrived;
}

/// Whoever will be refused is not asked for the rest of the body first.
bool session::is_welcome() const {
    if (!policy_->gatekeeper) return true;
    request announced;
    announced.method = head_.method;
    announced.headers = head_.fields;
    announced.certificate = stream_.names();
    announced.arrived = steady_clock::now();
    announced.address = origin();
    return policy_->gatekeeper->would_admit(announced);
}

/// Collects a body that did not come whole with its head. What comes behind it stays in the buffer. Its bytes are held
/// as they come, so that a client who has announced many and sends none takes no room from others.
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
    const std::size_t room = most_body_bytes(limits);
    body_began_ = steady_clock::now();
    body_received_ = 0;
    wait_until(phase::body, body_deadline());
    for (;;) {
        std::size_t consumed = 0;
        const auto verdict = collector.take(buffer_.bytes().substr(head_end_), body_, consumed);
        used_ = head_end_ + consumed;
        if (verdict == chunked_decoder::verdict::failed) co_return refuse(collector.fault());
        if (!body_held_.grow_to(body_.size(), room)) co_return shed();
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
    std::size_t count = 0;
    if (stream_.tls() != nullptr) {
        count = co_await receive_over_tls(error);
    } else {
        auto token = asio::redirect_error(use_awaitable, error);
        const auto room = buffer_.room();
        const asio::mutable_buffer target(room.data(), room.size());
        count = co_await stream_.socket().async_read_some(target, token);
    }
    if (client_gone_) co_return false;
    if (error == asio::error::operation_aborted && phase_ == phase::idle && environment_->draining) {
        co_return receive_at_once();
    }
    // A request that comes just when its connection has been idle for too long is still a request.
    if (error || (watch_.expired() && phase_ != phase::idle)) co_return false;
    buffer_.received(count);
    co_return true;
}

/// Waits first and tries then, because trying first would mostly be in vain. Where there is nothing to wait for, the
/// others have their turn before: a client whose bytes never cease would keep the thread for itself.
awaitable<std::size_t> session::receive_over_tls(error_code& error) {
    auto token = asio::redirect_error(use_awaitable, error);
    const executor thread = stream_.socket().get_executor();
    if (stream_.has_received()) {
        co_await asio::post(thread, use_awaitable);
    } else {
        co_await stream_.socket().async_wait(tcp_socket::wait_read, token);
    }
    while (!error && !client_gone_) {
        const std::size_t count = stream_.read_some(buffer_.room(), error);
        if (error != asio::error::would_block) co_return count;
        // The time may have come while what had been waited for was on its way here.
        if (watch_.expired()) {
            error = asio::error::operation_aborted;
            break;
        }
        co_await stream_.socket().async_wait(stream_.awaited(), token);
    }
    if (!error) error = asio::error::operation_aborted;
    co_return 0;
}

/// Takes a request that came just when its time was up, in a drain.
bool session::receive_at_once() {
    error_code error;
    const auto room = buffer_.room();
    const std::size_t count = stream_.read_some(room, error);
    if (error) return false;
    buffer_.received(count);
    return true;
}

session::arrival session::refuse(head_fault fault) {
    watch_.disarm();
    fault_ = fault;
    return arrival::faulty;
}

session::arrival session::shed() {
    watch_.disarm();
    return arrival::shed;
}

/// No more bytes came: a request that took too long is told so; one that was broken off gets no answer.
session::arrival session::refuse_late() {
    const bool reading = phase_ == phase::head || phase_ == phase::body;
    if (!reading || !watch_.expired()) return arrival::none;
    return refuse({problem_code::request_timeout, "The request did not arrive in time."});
}

}  // namespace rollcall::gateway
