// One connection to a provider, plain or TLS: opening it, and one request and answer over it after the other.
// Which connection is used, kept or replaced is the pool's matter (transport.cpp, the only file that includes this).
#pragma once

#include "adapters/observer.hpp"
#include "adapters/transport/addresses.hpp"
#include "adapters/transport/answer_reader.hpp"
#include "adapters/transport/connect.hpp"
#include "adapters/transport/stream.hpp"
#include "adapters/transport/tls_context.hpp"
#include "adapters/transport/transport.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace rollcall::adapters {

/// How many connections of a pool are open, those that are being opened included.
struct open_count {
    std::size_t now = 0;
    upstream_observer* observer = nullptr;  ///< is told of each change; null: nobody is

    void changed(int by) {
        now += static_cast<std::size_t>(by);
        if (observer != nullptr) observer->connections_changed(by);
    }
};

/// Not thread-safe. Destroying it closes the socket at once; there is no TLS farewell that could hang. Its coroutines
/// never throw: every way to end early is a failure. After a failure it may only be destroyed.
template<class Stream>
class connection {
  public:
    /// `open` counts the connections of a pool; it, `sweeper` and `tls` must outlive the connection.
    connection(const executor& executor, sweeper& sweeper, tls_context* tls, std::size_t answer_bytes, open_count& open)
        : stream_(make_stream<Stream>(executor, tls)),
          sweeper_(sweeper),
          tls_(tls),
          deadline_(sweeper, [this] { close(); }),
          reader_(answer_bytes),
          open_(open) {
        open_.changed(1);
    }
    ~connection() { open_.changed(-1); }
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;

    /// Connects to the first of the addresses that answers (connect_to_first), then shakes hands.
    awaitable<result<void>> open(const addresses::list& endpoints, deadline until);

    /// Sends `request`, the prepared `head` in its middle, and reads the whole answer.
    awaitable<result<incoming>> talk(const outgoing& request, std::string_view head, deadline until);

    /// Whether a kept connection is still open and has said nothing unasked; does not wait.
    [[nodiscard]] bool quiet();
    /// After a failed `talk`: the peer closed before the first byte of an answer.
    [[nodiscard]] bool went_silently() const { return closed_ && !reader_.begun(); }
    /// After a failed `talk`: no byte of the request can have left.
    [[nodiscard]] bool unsent() const { return !leaving_; }
    /// After a successful `talk`.
    [[nodiscard]] bool reusable() const { return sent_ && reader_.reusable(); }

    [[nodiscard]] steady_clock::time_point opened_at() const { return opened_at_; }
    [[nodiscard]] const asio::ip::tcp::endpoint& peer() const { return peer_; }  ///< after a successful `open`
    steady_clock::time_point idle_since{};                                       ///< the pool's

  private:
    // Operations are awaited directly, without a coroutine of their own, and give their error instead of throwing it.
    static constexpr asio::as_tuple_t<asio::deferred_t> as_result{asio::deferred};

    using message = std::array<asio::const_buffer, 2>;  // head and body

    plain_stream& socket() { return socket_of(stream_); }

    void close() {
        boost::system::error_code ignored;
        socket().close(ignored);
    }

    awaitable<result<void>> connect(const addresses::list& endpoints, deadline until);
    awaitable<result<void>> shake_hands();
    void send_at_once(message& unsent);
    awaitable<result<void>> send(message unsent);
    void has_left(message& unsent, std::size_t count);
    [[nodiscard]] answer_reader::step take_in(const boost::system::error_code& error, std::size_t count);
    [[nodiscard]] failure broken_off(const boost::system::error_code& error) const;
    void write_head(const outgoing& request, std::string_view head);

    /// Set when nobody waits any more or the time is up; then there is nothing left to await.
    [[nodiscard]] std::optional<failure> stopped(const asio::cancellation_state& cancellation,
                                                 std::string_view awaited) const {
        if (cancellation.cancelled() != asio::cancellation_type::none) {
            return failure{fault::cancelled, "nobody waits for the answer any more"};
        }
        if (deadline_.expired()) return failure{fault::timeout, std::string(awaited) + " before the deadline"};
        return std::nullopt;
    }

    Stream stream_;
    sweeper& sweeper_;
    tls_context* tls_;
    watch deadline_;
    answer_reader reader_;
    std::string head_;
    steady_clock::time_point opened_at_{};
    asio::ip::tcp::endpoint peer_;
    bool leaving_ = false;  // a byte of the request may have left
    bool sent_ = false;     // the whole request
    bool closed_ = false;   // by the peer
    open_count& open_;
};

template<class Stream>
awaitable<result<void>> connection<Stream>::open(const addresses::list& endpoints, deadline until) {
    auto connected = co_await connect(endpoints, until);
    if (!connected) co_return connected;
    boost::system::error_code ignored;
    socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    socket().non_blocking(true, ignored);
    opened_at_ = steady_clock::now();
    if constexpr (has_tls<Stream>) {
        deadline_.arm(until);
        co_return co_await shake_hands();
    } else {
        co_return connected;
    }
}

template<class Stream>
awaitable<result<void>> connection<Stream>::connect(const addresses::list& endpoints, deadline until) {
    if (endpoints.size() > 1) {
        auto connected = co_await connect_to_first(socket(), sweeper_, endpoints, until);
        if (!connected) co_return std::move(connected).error();
        peer_ = *connected;
        co_return result<void>{};
    }
    // One address, as most providers have, needs no race.
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    peer_ = endpoints.front();
    deadline_.arm(until);
    auto connecting = socket().async_connect(peer_, as_result);
    const auto [error] = co_await std::move(connecting);
    if (auto stop = stopped(cancellation, "no connection")) co_return *std::move(stop);
    if (error) co_return connect_failure(error);
    co_return result<void>{};
}

template<class Stream>
awaitable<result<void>> connection<Stream>::shake_hands() {
    if constexpr (has_tls<Stream>) {
        const auto cancellation = co_await asio::this_coro::cancellation_state;
        tls_->prepare(*stream_.native_handle());
        auto greeting = stream_.async_handshake(asio::ssl::stream_base::client, as_result);
        const auto [error] = co_await std::move(greeting);
        if (auto stop = stopped(cancellation, "no TLS connection")) co_return *std::move(stop);
        if (error) {
            co_return failure{fault::unreachable,
                              "no TLS connection: " + tls_->refusal(*stream_.native_handle(), error)};
        }
    }
    co_return result<void>{};
}

template<class Stream>
awaitable<result<incoming>> connection<Stream>::talk(const outgoing& request, std::string_view head, deadline until) {
    deadline_.arm(until);
    reader_.start();
    leaving_ = sent_ = closed_ = false;
    write_head(request, head);
    message unsent{asio::buffer(head_), asio::buffer(request.body)};
    send_at_once(unsent);
    if (!sent_) {
        if (auto sent = co_await send(unsent); !sent) co_return sent.error();
    }
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    // Asio tries to read before it waits, which at once would be in vain. After everybody's turn, with the other calls
    // of a page sent, the answer mostly is there: 10 reads for a cold page of four instead of 14, and 5 % less CPU.
    auto turn = asio::post(socket().get_executor(), as_result);
    co_await std::move(turn);
    if (auto stop = stopped(cancellation, "no whole answer")) co_return *std::move(stop);
    for (;;) {
        const auto room = reader_.room();
        auto reading = stream_.async_read_some(asio::buffer(room.data(), room.size()), as_result);
        const auto [error, count] = co_await std::move(reading);
        if (auto stop = stopped(cancellation, "no whole answer")) co_return *std::move(stop);
        const auto step = take_in(error, count);
        if (step == answer_reader::step::broken) co_return broken_off(error);
        if (step == answer_reader::step::whole) break;
    }
    deadline_.disarm();
    co_return reader_.take();
}

template<class Stream>
void connection<Stream>::write_head(const outgoing& request, std::string_view head) {
    head_.clear();
    head_ += request.method;
    head_ += ' ';
    head_ += request.target;
    head_ += head;
    head_ += request.extra_headers;
    const bool expects_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (!request.body.empty()) head_ += "Content-Type: application/json\r\n";
    if (!request.body.empty() || expects_body) {
        head_ += "Content-Length: ";
        head_ += std::to_string(request.body.size());
        head_ += "\r\n";
    }
    head_ += "\r\n";
}

/// Nearly every request fits into the socket's buffer, and so needs no coroutine of its own.
template<class Stream>
void connection<Stream>::send_at_once(message& unsent) {
    if constexpr (!has_tls<Stream>) {
        boost::system::error_code ignored;  // it comes again when the rest is sent
        has_left(unsent, stream_.write_some(unsent, ignored));
    }
}

/// Sends the rest. Fails only when there is nothing left to wait for: a peer that refuses the rest of a body may have
/// answered already.
template<class Stream>
awaitable<result<void>> connection<Stream>::send(message unsent) {
    const auto cancellation = co_await asio::this_coro::cancellation_state;
    while (!sent_) {
        boost::system::error_code error;
        std::size_t count = 0;
        if constexpr (has_tls<Stream>) {
            // What has been encrypted may have left though the write that it was part of fails.
            leaving_ = true;
            auto writing = stream_.async_write_some(unsent, as_result);
            std::tie(error, count) = co_await std::move(writing);
        } else {
            auto waiting = stream_.async_wait(plain_stream::wait_write, as_result);
            std::tie(error) = co_await std::move(waiting);
        }
        if (auto stop = stopped(cancellation, "the request was not sent")) co_return *std::move(stop);
        if constexpr (!has_tls<Stream>) {
            if (!error) count = stream_.write_some(unsent, error);
            if (error == asio::error::would_block) continue;
        }
        if (error) co_return result<void>{};
        has_left(unsent, count);
    }
    co_return result<void>{};
}

template<class Stream>
void connection<Stream>::has_left(message& unsent, std::size_t count) {
    leaving_ = leaving_ || count > 0;
    for (auto& part : unsent) {
        const std::size_t taken = std::min(count, part.size());
        part += taken;
        count -= taken;
    }
    sent_ = asio::buffer_size(unsent) == 0;
}

/// What the bytes that have come, or the end, make of the answer.
template<class Stream>
answer_reader::step connection<Stream>::take_in(const boost::system::error_code& error, std::size_t count) {
    if (!error) return reader_.received(count);
    closed_ = !reader_.begun();
    if (!closed_ && error == asio::error::eof) return reader_.ended();
    if (!closed_) reader_.cut_off();
    return answer_reader::step::broken;
}

template<class Stream>
failure connection<Stream>::broken_off(const boost::system::error_code& error) const {
    if (!closed_) return {fault::invalid_response, reader_.fault()};
    const std::string why = error == asio::error::eof ? "closed" : error.message();
    return {fault::unreachable, "the connection ended before an answer: " + why};
}

template<class Stream>
bool connection<Stream>::quiet() {
    char unasked = 0;
    boost::system::error_code error;
    // Over TLS this also takes in the session tickets that a server sends behind the handshake.
    stream_.read_some(asio::buffer(&unasked, 1), error);
    return error == asio::error::would_block;
}

}  // namespace rollcall::adapters
