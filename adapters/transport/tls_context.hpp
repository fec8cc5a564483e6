// What all TLS connections to one provider share: whom to trust, whose name must be on the certificate, and the last
// session for a quicker handshake. The connections themselves are the transport's.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <mutex>
#include <string>

namespace rollcall::adapters {

/// A client context: TLS 1.2 or later, the peer's chain and name are always verified (RFC 9525: only the subject
/// alternative names count). Thread-safe after construction; it must outlive its connections.
class tls_context {
  public:
    /// `host` is a name or a literal address; `ca_file` is trusted instead of the system's store unless empty.
    /// Throws std::runtime_error with a sentence for the operator when the trusted certificates cannot be read.
    tls_context(std::string host, const std::string& ca_file);
    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;

    [[nodiscard]] boost::asio::ssl::context& context() { return context_; }

    /// Before the handshake: names the host (SNI, not for an address) and offers the last session.
    void prepare(SSL& connection);

    /// After a handshake that failed with `error`: why, for people. The last session is not offered again.
    [[nodiscard]] std::string refusal(const SSL& connection, const boost::system::error_code& error);

  private:
    struct free_session {
        void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
    };

    static int on_new_session(SSL* connection, SSL_SESSION* session);
    void trust(const std::string& ca_file);
    void expect_host();

    std::string host_;
    bool host_is_address_ = false;
    boost::asio::ssl::context context_{boost::asio::ssl::context::tls_client};
    std::mutex mutex_;
    std::unique_ptr<SSL_SESSION, free_session> session_;
};

}  // namespace rollcall::adapters
