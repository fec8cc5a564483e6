// One client's connection: OpenSSL over a non-blocking socket.
#include "gateway/http/client_stream.hpp"

#include "gateway/http/pem.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::size_t record_bytes = SSL3_RT_MAX_PLAIN_LENGTH;

}  // namespace

client_stream::client_stream(tcp_socket socket, std::shared_ptr<const tls_context> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
    if (tls_) connection_ = tls_->begin(socket_.native_handle());
}

client_stream::~client_stream() {
    if (!connection_ || !shaken_ || broken_) return;
    ERR_clear_error();
    SSL_shutdown(connection_.get());
}

/// What a call of OpenSSL's that gave `result` came to; `eof` where the client has ended.
boost::system::error_code client_stream::failure_of(int result) {
    switch (SSL_get_error(connection_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            awaited_ = tcp_socket::wait_read;
            return asio::error::would_block;
        case SSL_ERROR_WANT_WRITE:
            awaited_ = tcp_socket::wait_write;
            return asio::error::would_block;
        case SSL_ERROR_ZERO_RETURN:
            return asio::error::eof;
        case SSL_ERROR_SYSCALL:
            broken_ = true;
            return asio::error::connection_reset;
        default:
            broken_ = true;
            return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
    }
}

boost::system::error_code client_stream::shake_hands() {
    ERR_clear_error();
    const int result = SSL_do_handshake(connection_.get());
    if (result == 1) {
        shaken_ = true;
        if (const X509* const shown = SSL_get0_peer_certificate(connection_.get())) names_ = names_of(*shown);
        return {};
    }
    error_code failure = failure_of(result);
    if (failure == asio::error::would_block) return failure;
    broken_ = true;
    const auto reason = ERR_peek_error();
    const long verified = SSL_get_verify_result(connection_.get());
    certificate_refused_ = verified != X509_V_OK || ERR_GET_REASON(reason) == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE;
    const char* const why =
        verified != X509_V_OK ? X509_verify_cert_error_string(verified) : ERR_reason_error_string(reason);
    refusal_ = why == nullptr ? failure.message() : why;
    return failure;
}

bool client_stream::resumed() const {
    return SSL_session_reused(connection_.get()) == 1;
}

bool client_stream::begins_plainly() {
    char first = 0;
    return ::recv(socket_.native_handle(), &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1 && first >= 'A' && first <= 'Z';
}

void client_stream::forget_tls() {
    connection_.reset();
    tls_.reset();
}

bool client_stream::has_received() const {
    if (!connection_) return false;
    const bool ended = (SSL_get_shutdown(connection_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    return ended || SSL_has_pending(connection_.get()) == 1;
}

std::size_t client_stream::read_tls(std::span<char> room, error_code& error) {
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_read_ex(connection_.get(), room.data(), room.size(), &count);
    error = result == 1 ? error_code{} : failure_of(result);
    return result == 1 ? count : 0;
}

std::size_t client_stream::write_tls(const parts& unsent, error_code& error) {
    std::array<char, record_bytes> joined;  // a head and the beginning of its body go out as one record
    asio::const_buffer next = unsent[0].size() == 0 ? unsent[1] : unsent[0];
    if (unsent[0].size() > 0 && unsent[0].size() < joined.size() && unsent[1].size() > 0) {
        const std::size_t more = std::min(unsent[1].size(), joined.size() - unsent[0].size());
        std::memcpy(joined.data(), unsent[0].data(), unsent[0].size());
        std::memcpy(joined.data() + unsent[0].size(), unsent[1].data(), more);
        next = asio::const_buffer(joined.data(), unsent[0].size() + more);
    }
    ERR_clear_error();
    std::size_t count = 0;
    const int result = SSL_write_ex(connection_.get(), next.data(), next.size(), &count);
    error = result == 1 ? error_code{} : failure_of(result);
    return result == 1 ? count : 0;
}

client_stream::peer client_stream::look() {
    char byte = 0;
    if (connection_) {
        ERR_clear_error();
        std::size_t count = 0;
        const int result = SSL_peek_ex(connection_.get(), &byte, 1, &count);
        if (result == 1) return peer::there;
        const error_code failure = failure_of(result);
        if (failure == asio::error::would_block) return peer::there;
        return failure == asio::error::eof ? peer::ended : peer::gone;
    }
    const auto count = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (count == 0) return peer::ended;
    const bool there = count > 0 || errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
    return there ? peer::there : peer::gone;
}

boost::system::error_code client_stream::end_sending() {
    if (connection_ && shaken_ && !broken_) {
        ERR_clear_error();
        const int result = SSL_shutdown(connection_.get());
        if (result < 0) {
            const error_code failure = failure_of(result);
            if (failure == asio::error::would_block) return failure;
        }
    }
    forget_tls();
    error_code error;
    socket_.shutdown(tcp_socket::shutdown_send, error);
    return error;
}

void client_stream::close() {
    forget_tls();  // first: its descriptor may soon be another connection's
    error_code ignored;
    socket_.close(ignored);
}

}  // namespace rollcall::gateway
