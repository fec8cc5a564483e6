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

/// After this much from the socket a call of OpenSSL's ends. Of itself it would go on for as long as records come that
/// hold no data, such as TLS 1.3's KeyUpdate (RFC 8446, section 4.6.3), and the thread would serve nobody else.
constexpr std::size_t most_in_call = SSL3_RT_MAX_PLAIN_LENGTH;
/// Four times what one record can hold back: who sends so much without any data does not want an answer.
constexpr std::size_t most_without_data = std::size_t{4} * SSL3_RT_MAX_PLAIN_LENGTH;

}  // namespace

client_stream::client_stream(tcp_socket socket, std::shared_ptr<const tls_context> tls)
    : socket_(std::move(socket)), tls_(std::move(tls)) {
    if (!tls_) return;
    connection_ = tls_->begin(socket_.native_handle());
    trusting_ = tls_;
    BIO* const bytes = SSL_get_rbio(connection_.get());
    BIO_set_callback_arg(bytes, reinterpret_cast<char*>(this));
    BIO_set_callback_ex(bytes, &on_socket);
}

client_stream::~client_stream() {
    if (!connection_ || !shaken_ || broken_) return;
    ERR_clear_error();
    SSL_shutdown(connection_.get());
}

/// Lets OpenSSL's call read from the socket until it has had its share; it hears then that the socket has no more.
long client_stream::on_socket(BIO* socket, int operation, const char*, std::size_t, int, long, int result,
                              std::size_t* count) {
    auto& self = *reinterpret_cast<client_stream*>(BIO_get_callback_arg(socket));
    if (operation == BIO_CB_READ && self.taken_in_call_ >= most_in_call) {
        BIO_set_retry_read(socket);
        return -1;
    }
    if (operation == (BIO_CB_READ | BIO_CB_RETURN) && result > 0) {
        self.taken_in_call_ += *count;
        self.taken_without_data_ += *count;
    }
    return result;
}

/// Before each call that may read.
void client_stream::begin_call() {
    ERR_clear_error();
    taken_in_call_ = 0;
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

boost::system::error_code client_stream::failure_of_reading(int result) {
    const error_code failure = failure_of(result);
    if (failure != asio::error::would_block || taken_without_data_ <= most_without_data) return failure;
    broken_ = true;
    return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
}

boost::system::error_code client_stream::shake_hands() {
    begin_call();
    const int result = SSL_do_handshake(connection_.get());
    if (result == 1) {
        shaken_ = true;
        taken_without_data_ = 0;
        if (const X509* const shown = SSL_get0_peer_certificate(connection_.get())) {
            names_ = names_of(*shown);
            names_until_ = valid_until(*shown);
        }
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

void client_stream::review_certificate(const std::shared_ptr<const tls_context>& current,
                                       system_clock::time_point now) {
    if (names_.empty()) return;
    bool counts = now < names_until_;
    if (counts && current != trusting_) {
        counts = current && current->trusts_client_of(*connection_);
        trusting_ = current;
    }
    if (counts) return;
    names_.clear();
    certificate_lapsed_ = true;
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
    begin_call();
    std::size_t count = 0;
    const int result = SSL_read_ex(connection_.get(), room.data(), room.size(), &count);
    error = result == 1 ? error_code{} : failure_of_reading(result);
    if (result != 1) return 0;
    taken_without_data_ = 0;
    return count;
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
    begin_call();
    std::size_t count = 0;
    const int result = SSL_write_ex(connection_.get(), next.data(), next.size(), &count);
    error = result == 1 ? error_code{} : failure_of(result);
    return result == 1 ? count : 0;
}

client_stream::peer client_stream::look() {
    char byte = 0;
    if (connection_) {
        begin_call();
        std::size_t count = 0;
        const int result = SSL_peek_ex(connection_.get(), &byte, 1, &count);
        if (result == 1) return peer::there;
        const error_code failure = failure_of_reading(result);
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
        begin_call();
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
