// The bytes of one client's connection, plain or over TLS, read and written without waiting. When to wait, and for how
// long, is session's matter.
#pragma once

#include "base/executor.hpp"
#include "gateway/http/tls_context.hpp"

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

using tcp_socket = asio::basic_stream_socket<asio::ip::tcp, executor>;

/// Not thread-safe. Nothing here waits: what cannot be done at once gives `would_block`, and may be tried again when
/// the socket is ready for `awaited()`. No call takes more than some 32 KiB from the socket, and a client that sends 64
/// KiB of records without a byte of data breaks the protocol. The process must ignore SIGPIPE, because OpenSSL writes
/// without MSG_NOSIGNAL.
class client_stream {
  public:
    using error_code = boost::system::error_code;
    using parts = std::array<asio::const_buffer, 2>;

    /// `socket` must be non-blocking. Without `tls` the client speaks plainly. Throws std::bad_alloc.
    client_stream(tcp_socket socket, std::shared_ptr<const tls_context> tls);
    ~client_stream();  ///< says farewell to a TLS client as far as that goes at once, and closes
    client_stream(const client_stream&) = delete;
    client_stream& operator=(const client_stream&) = delete;

    [[nodiscard]] tcp_socket& socket() { return socket_; }
    /// What the connection was begun with; null where it is plain.
    [[nodiscard]] const tls_context* tls() const { return tls_.get(); }
    /// After `would_block`.
    [[nodiscard]] tcp_socket::wait_type awaited() const { return awaited_; }

    /// Whether a handshake must come first.
    [[nodiscard]] bool is_to_shake_hands() const { return connection_ != nullptr && !shaken_; }
    /// Goes on with the handshake; no error: it is done.
    error_code shake_hands();
    /// After a handshake that failed: whether it was for the client's certificate, or the want of one.
    [[nodiscard]] bool certificate_refused() const { return certificate_refused_; }
    /// After a handshake that failed: why, for people.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }
    [[nodiscard]] bool resumed() const;
    /// The names of the client's certificate (names_of); empty where it has shown none, or none that still counts.
    [[nodiscard]] std::span<const std::string> names() const { return names_; }
    /// Looks whether the certificate that the client has shown still counts: it has not expired by `now`, and
    /// `current`, with which connections begin by now, trusts it (null: they begin without TLS). One that has lapsed
    /// does not count again on this connection.
    void review_certificate(const std::shared_ptr<const tls_context>& current, system_clock::time_point now);
    [[nodiscard]] bool certificate_lapsed() const { return certificate_lapsed_; }
    /// Whether the client's first byte is that of an HTTP request, which no TLS connection begins with.
    [[nodiscard]] bool begins_plainly();
    /// From now on it is a plain connection.
    void forget_tls();

    /// At most `room` bytes; `eof` where the client has ended.
    std::size_t read_some(std::span<char> room, error_code& error) {
        if (connection_) return read_tls(room, error);
        awaited_ = tcp_socket::wait_read;
        return socket_.read_some(asio::mutable_buffer(room.data(), room.size()), error);
    }
    /// Whether bytes have been received, or the end has, that read_some has not told yet: there is nothing to wait for.
    [[nodiscard]] bool has_received() const;

    /// Some of the parts' bytes, in one go where that is possible. After `would_block` the same bytes, at least, must
    /// be tried again.
    std::size_t write_some(const parts& unsent, error_code& error) {
        if (connection_) return write_tls(unsent, error);
        awaited_ = tcp_socket::wait_write;
        return socket_.write_some(unsent, error);
    }

    enum class peer : std::uint8_t {
        there,
        ended,  ///< sends nothing more
        gone
    };
    /// Looks, without taking anything, whether the client is there. Bytes that it has sent hide its end.
    [[nodiscard]] peer look();

    /// Sends the farewell and ends this side; the socket can still be read, without TLS.
    error_code end_sending();
    /// Breaks the connection off.
    void close();

  private:
    std::size_t read_tls(std::span<char> room, error_code& error);
    std::size_t write_tls(const parts& unsent, error_code& error);
    error_code failure_of(int result);
    error_code failure_of_reading(int result);
    void begin_call();
    static long on_socket(BIO* socket, int operation, const char* data, std::size_t size, int, long, int result,
                          std::size_t* count);

    tcp_socket socket_;
    std::shared_ptr<const tls_context> tls_;
    std::unique_ptr<SSL, free_tls> connection_;  // null: plain
    tcp_socket::wait_type awaited_ = tcp_socket::wait_read;
    bool shaken_ = false;
    bool broken_ = false;  // OpenSSL may not be asked for anything more
    bool certificate_refused_ = false;
    std::string refusal_;
    std::vector<std::string> names_;
    system_clock::time_point names_until_{};
    std::shared_ptr<const tls_context> trusting_;  // the last one that was asked about the certificate
    bool certificate_lapsed_ = false;
    std::size_t taken_in_call_ = 0;       // bytes from the socket, in the call of OpenSSL's that is going on
    std::size_t taken_without_data_ = 0;  // likewise, since the client's last byte that is HTTP's
};

}  // namespace rollcall::gateway
