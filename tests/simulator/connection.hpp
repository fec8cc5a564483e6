// One connection: reads requests, hands them to the service, carries out the deliveries. Included by the server only,
// because it is Beast and Asio all over.
#pragma once

#include "tests/simulator/service.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <type_traits>
#include <unordered_set>

namespace rollcall::simulator {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using executor = asio::io_context::executor_type;
using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;
using timer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, executor>;

constexpr std::size_t most_header_bytes = 64 * 1024;
constexpr std::size_t most_body_bytes = 32 * 1024 * 1024;  // a fault may hold the largest answer, escaped
constexpr std::size_t first_buffer_bytes = 8 * 1024;

// The sockets of one listener's connections. Each takes itself out before it closes its socket, so that shutting
// one down from another thread never hits a descriptor that has been given to somebody else.
class open_connections {
  public:
    void add(int socket) {
        const std::lock_guard lock{mutex_};
        sockets_.insert(socket);
    }
    void remove(int socket) {
        const std::lock_guard lock{mutex_};
        sockets_.erase(socket);
    }
    void shut_down_all() {
        const std::lock_guard lock{mutex_};
        for (const int socket : sockets_)
            ::shutdown(socket, SHUT_RDWR);
    }

  private:
    std::mutex mutex_;
    std::unordered_set<int> sockets_;
};

inline std::string head_of(const answer& answer, bool keep_alive) {
    std::string head;
    head.reserve(256);
    head += "HTTP/1.1 " + std::to_string(answer.status) + ' ';
    head += phrase_of(answer.status);
    head += "\r\nContent-Type: " + answer.content_type + "\r\nContent-Length: " + std::to_string(answer.body.size());
    for (const header& header : answer.headers)
        head += "\r\n" + header.name + ": " + header.value;
    head += keep_alive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n";
    return head;
}

inline std::string lower_case(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return out;
}

inline request take_request(http::request<http::string_body>& message, bool secure) {
    request request;
    request.method = message.method_string();
    request.target = message.target();
    request.secure = secure;
    for (const auto& field : message)
        request.headers.push_back({lower_case(field.name_string()), std::string{field.value()}});
    request.body = std::move(message.body());
    return request;
}

// One connection. It does one thing at a time, each step starting the next, so it needs no strand.
template<typename Stream>
class connection : public std::enable_shared_from_this<connection<Stream>> {
    static constexpr bool secure = !std::is_same_v<Stream, tcp_socket>;

  public:
    template<typename... Context>
    connection(tcp_socket socket, service& service, std::shared_ptr<open_connections> all, Context&... context)
        : stream_(std::move(socket), context...),
          timer_(stream_.get_executor()),
          service_(service),
          all_(std::move(all)) {
        buffer_.reserve(first_buffer_bytes);
        all_->add(socket_of(stream_).native_handle());
    }

    ~connection() { close(); }

    void start() {
        service_.connected();
        error_code ignored;
        socket_of(stream_).set_option(asio::ip::tcp::no_delay(true), ignored);
        if constexpr (secure) {
            stream_.async_handshake(asio::ssl::stream_base::server,
                                    [self = this->shared_from_this()](error_code error) {
                                        if (!error) self->read();
                                    });
        } else {
            read();
        }
    }

  private:
    static tcp_socket& socket_of(tcp_socket& stream) { return stream; }
    static tcp_socket& socket_of(asio::ssl::stream<tcp_socket>& stream) { return stream.next_layer(); }

    void read() {
        parser_.emplace();
        parser_->header_limit(most_header_bytes);
        parser_->body_limit(most_body_bytes);
        http::async_read(stream_, buffer_, *parser_,
                         [self = this->shared_from_this()](error_code error, std::size_t) { self->received(error); });
    }

    void received(error_code error) {
        if (error) {
            const bool syntax = error.category() == http::make_error_code(http::error::bad_method).category();
            if (!syntax || error == http::error::end_of_stream) return;
            delivery_ = {};
            delivery_.what = {400, R"({"error":"malformed request"})"};
            delivery_.end = ending::close;
            return send();
        }
        auto& message = parser_->get();
        const bool keep_alive = message.keep_alive();
        request request = take_request(message, secure);
        if (read_target(request)) {
            delivery_ = service_.receive(std::move(request));
        } else {
            delivery_ = {};
            delivery_.what = {400, R"({"error":"malformed target"})"};
        }
        if (message.method() == http::verb::head) delivery_.body_sent = 0;
        if (!keep_alive && delivery_.end == ending::keep_alive) delivery_.end = ending::close;
        if (delivery_.delay.count() == 0) return send();
        wait(delivery_.delay, [self = this->shared_from_this()] { self->send(); });
    }

    template<typename Then>
    void wait(std::chrono::milliseconds pause, Then then) {
        timer_.expires_after(pause);
        timer_.async_wait([then = std::move(then)](error_code error) {
            if (!error) then();
        });
    }

    void send() {
        if (delivery_.verbatim) return send_text(delivery_.what.body);
        if (!delivery_.send_head) return finish();
        const answer& answer = delivery_.what;
        head_ = head_of(answer, delivery_.end == ending::keep_alive);
        const std::size_t all = std::min(delivery_.body_sent, answer.body.size());
        const std::size_t first = delivery_.pause.count() == 0 ? all : std::min(delivery_.pause_at, all);
        const std::array<asio::const_buffer, 2> bytes{asio::buffer(head_), asio::buffer(answer.body.data(), first)};
        asio::async_write(stream_, bytes, [self = this->shared_from_this(), first, all](error_code error, std::size_t) {
            if (error) return;
            if (first == all) return self->finish();
            self->wait(self->delivery_.pause, [self, first, all] { self->send_rest(first, all); });
        });
    }

    void send_text(const std::string& text) {
        asio::async_write(stream_, asio::buffer(text),
                          [self = this->shared_from_this()](error_code error, std::size_t) {
                              if (error) return;
                              if (self->delivery_.repeat.empty()) return self->finish();
                              self->send_text(self->delivery_.repeat);
                          });
    }

    void send_rest(std::size_t first, std::size_t all) {
        asio::async_write(stream_, asio::buffer(delivery_.what.body.data() + first, all - first),
                          [self = this->shared_from_this()](error_code error, std::size_t) {
                              if (!error) self->finish();
                          });
    }

    void finish() {
        switch (delivery_.end) {
            case ending::keep_alive:
                return read();
            case ending::close:
                return close();
            case ending::reset:
                return reset();
            case ending::hang:
                return hang();
            case ending::half_close:
                return half_close();
        }
    }

    // Reads and drops whatever comes, until the peer ends the connection.
    void hang() {
        buffer_.clear();
        stream_.async_read_some(buffer_.prepare(first_buffer_bytes),
                                [self = this->shared_from_this()](error_code error, std::size_t) {
                                    if (!error) self->hang();
                                });
    }

    void half_close() {
        error_code ignored;
        socket_of(stream_).shutdown(tcp_socket::shutdown_send, ignored);
        hang();
    }

    void close() {
        tcp_socket& socket = socket_of(stream_);
        if (!socket.is_open()) return;
        all_->remove(socket.native_handle());
        error_code ignored;
        socket.shutdown(tcp_socket::shutdown_send, ignored);
        socket.close(ignored);
    }

    void reset() {
        error_code ignored;
        // A closed socket that may not linger is reset instead of finished.
        socket_of(stream_).set_option(asio::socket_base::linger(true, 0), ignored);
        all_->remove(socket_of(stream_).native_handle());
        socket_of(stream_).close(ignored);
    }

    Stream stream_;
    timer timer_;
    service& service_;
    std::shared_ptr<open_connections> all_;
    beast::flat_buffer buffer_;
    std::optional<http::request_parser<http::string_body>> parser_;
    delivery delivery_;
    std::string head_;
};

}  // namespace rollcall::simulator
