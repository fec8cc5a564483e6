// OpenSSL over a blocking socket, through two buffers in memory, so that a test can hold back or spoil what is sent.
#include "tests/support/tls_client.hpp"

#include "tests/support/openssl.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace rollcall::testing {
namespace {

int number_of(tls_version version) {
    constexpr std::array numbers{TLS1_1_VERSION, TLS1_2_VERSION, TLS1_3_VERSION};
    return numbers.at(static_cast<std::size_t>(version));
}

int connected_socket(int port, int receive_buffer) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_buffer > 0) ::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
    ::close(socket);
    throw std::runtime_error("cannot connect");
}

}  // namespace

struct tls_client::state {
    std::unique_ptr<SSL_CTX, freer<SSL_CTX_free>> context{SSL_CTX_new(TLS_client_method())};
    std::unique_ptr<SSL, freer<SSL_free>> connection;
    BIO* received = nullptr;  // the connection's
    BIO* to_send = nullptr;   // likewise
    int socket = -1;
    bool connected = false;
    bool ended = false;  // by the server, without more to read from the socket
    std::string end;
    tls_session session;
    std::string unread;

    ~state() { ::close(socket); }

    static int on_session(SSL* connection, SSL_SESSION* session) {
        auto* const self = static_cast<state*>(SSL_get_app_data(connection));
        self->session = tls_session(SSL_SESSION_dup(session), freer<SSL_SESSION_free>{});
        return 0;
    }

    void prepare(const tls_wishes& wishes) {
        check(context != nullptr, "SSL_CTX_new");
        SSL_CTX* const native = context.get();
        SSL_CTX_set_security_level(native, 0);  // an old version must be refused by the server, not by the client
        SSL_CTX_set_min_proto_version(native, number_of(wishes.oldest));
        SSL_CTX_set_max_proto_version(native, number_of(wishes.newest));
        if (!wishes.ciphers.empty()) check(SSL_CTX_set_cipher_list(native, wishes.ciphers.c_str()) == 1, "ciphers");
        if (!wishes.certificate.empty()) {
            check(SSL_CTX_use_certificate_chain_file(native, wishes.certificate.c_str()) == 1, "certificate");
            check(SSL_CTX_use_PrivateKey_file(native, wishes.key.c_str(), SSL_FILETYPE_PEM) == 1, "key");
        }
        if (wishes.trusted) {
            check(SSL_CTX_load_verify_file(native, wishes.trusted->c_str()) == 1, "trusted");
            SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
        }
        SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
        SSL_CTX_sess_set_new_cb(native, &on_session);
        connection.reset(SSL_new(native));
        check(connection != nullptr, "SSL_new");
        SSL_set_app_data(connection.get(), this);
        if (!wishes.protocols.empty()) {
            SSL_set_alpn_protos(connection.get(), reinterpret_cast<const unsigned char*>(wishes.protocols.data()),
                                static_cast<unsigned>(wishes.protocols.size()));
        }
        if (wishes.session) {
            // A copy, because OpenSSL spoils the session of a connection that is closed without a farewell.
            const tls_session copy(SSL_SESSION_dup(wishes.session.get()), freer<SSL_SESSION_free>{});
            SSL_set_session(connection.get(), copy.get());
        }
        received = BIO_new(BIO_s_mem());
        to_send = BIO_new(BIO_s_mem());
        BIO_set_mem_eof_return(received, -1);  // nothing there yet is not the end
        SSL_set_bio(connection.get(), received, to_send);
        SSL_set_connect_state(connection.get());
    }

    std::string written() {
        std::string bytes(BIO_ctrl_pending(to_send), '\0');
        if (!bytes.empty()) BIO_read(to_send, bytes.data(), static_cast<int>(bytes.size()));
        return bytes;
    }

    void send(std::string_view bytes) const {
        while (!bytes.empty()) {
            const auto sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        }
    }

    /// False at the end, of whichever kind.
    bool receive() {
        std::array<char, 65536> bytes;
        const auto count = ::recv(socket, bytes.data(), bytes.size(), 0);
        if (count <= 0) {
            end = count == 0 ? "cut" : errno == EAGAIN ? "timeout" : "reset";
            return false;
        }
        BIO_write(received, bytes.data(), static_cast<int>(count));
        return true;
    }

    /// Runs one of OpenSSL's calls until it has what it wants; false where it fails.
    template<class Call>
    bool perform(Call call) {
        for (;;) {
            ERR_clear_error();
            const int result = call();
            const int why = SSL_get_error(connection.get(), result);
            const auto code = ERR_peek_error();
            send(written());
            if (result > 0) return true;
            if (why == SSL_ERROR_WANT_READ) {
                if (receive()) continue;
                return false;
            }
            const char* const reason = ERR_reason_error_string(code);
            end = why == SSL_ERROR_ZERO_RETURN ? "closed" : reason == nullptr ? "failed" : reason;
            return false;
        }
    }
};

tls_client::tls_client(int port, tls_wishes wishes) : state_(std::make_unique<state>()) {
    state_->prepare(wishes);
    state_->socket = connected_socket(port, wishes.receive_buffer);
    state_->connected = state_->perform([this] { return SSL_do_handshake(state_->connection.get()); });
}

tls_client::~tls_client() = default;

bool tls_client::connected() const {
    return state_->connected;
}

const std::string& tls_client::end() const {
    return state_->end;
}

std::string tls_client::protocol() const {
    const unsigned char* name = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(state_->connection.get(), &name, &size);
    return {reinterpret_cast<const char*>(name), size};
}

tls_version tls_client::version() const {
    const int number = SSL_version(state_->connection.get());
    return number == TLS1_3_VERSION   ? tls_version::tls_1_3
           : number == TLS1_2_VERSION ? tls_version::tls_1_2
                                      : tls_version::tls_1_1;
}

std::string tls_client::cipher() const {
    return SSL_get_cipher_name(state_->connection.get());
}

std::string tls_client::certificate() const {
    const std::unique_ptr<BIO, freer<BIO_free_all>> text{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(text.get(), SSL_get0_peer_certificate(state_->connection.get()));
    char* data = nullptr;
    const long size = BIO_get_mem_data(text.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

bool tls_client::resumed() const {
    return SSL_session_reused(state_->connection.get()) == 1;
}

tls_session tls_client::session() const {
    return state_->session;
}

void tls_client::send(std::string_view bytes) {
    state_->perform([&] { return SSL_write(state_->connection.get(), bytes.data(), static_cast<int>(bytes.size())); });
}

void tls_client::send_without_tls(std::string_view bytes) {
    state_->send(bytes);
}

std::string tls_client::key_updates(int count) {
    SSL* const connection = state_->connection.get();
    for (int at = 0; at < count; ++at) {
        check(SSL_key_update(connection, SSL_KEY_UPDATE_NOT_REQUESTED) == 1, "SSL_key_update");
        check(SSL_do_handshake(connection) == 1, "SSL_do_handshake");
    }
    return state_->written();
}

void tls_client::send_part_of_record(std::string_view bytes, std::size_t count) {
    SSL_write(state_->connection.get(), bytes.data(), static_cast<int>(bytes.size()));
    state_->send(state_->written().substr(0, count));
}

void tls_client::half_close() {
    SSL_shutdown(state_->connection.get());
    state_->send(state_->written());
}

void tls_client::cut() {
    ::shutdown(state_->socket, SHUT_WR);
}

std::string tls_client::read_some(std::size_t most) {
    std::string bytes(most, '\0');
    std::size_t count = 0;
    const bool read =
        state_->perform([&] { return SSL_read_ex(state_->connection.get(), bytes.data(), bytes.size(), &count); });
    bytes.resize(read ? count : 0);
    return bytes;
}

std::optional<std::string> tls_client::read_answer() {
    std::string& unread = state_->unread;
    const auto more = [&] {
        const std::string bytes = read_some();
        unread += bytes;
        return !bytes.empty();
    };
    std::size_t head = 0;
    while ((head = unread.find("\r\n\r\n")) == std::string::npos) {
        if (!more()) return std::nullopt;
    }
    constexpr std::string_view name = "Content-Length: ";
    const std::size_t length = unread.find(name);
    const std::size_t whole = head + 4 + (length < head ? std::stoul(unread.substr(length + name.size())) : 0);
    while (unread.size() < whole) {
        if (!more()) return std::nullopt;
    }
    std::string answer = unread.substr(0, whole);
    unread.erase(0, whole);
    return answer;
}

std::string tls_client::read_all() {
    std::string bytes = std::move(state_->unread);
    for (std::string part; !(part = read_some()).empty();)
        bytes += part;
    return bytes;
}

}  // namespace rollcall::testing
