// What the TLS connections of clients share: the certificate with its key, what is offered and accepted, and whose
// certificates count. A connection is client_stream; when the files are read anew is tls_reload.
#pragma once

#include "base/clock.hpp"
#include "config/settings.hpp"
#include "gateway/http/ticket_keys.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

struct free_tls {
    void operator()(SSL* connection) const;
    void operator()(SSL_CTX* context) const;
};

/// One reading of the files. TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only; ALPN `http/1.1`
/// (RFC 7301; a client that offers others only is refused); session tickets; no renegotiation, no compression, no early
/// data. A connection that ends without a farewell counts as ended, because HTTP says itself where a message ends.
/// Thread-safe after construction.
class tls_context {
  public:
    /// Null where a file is not fit, which is then in `faults`, each naming its key and its file. A certificate that
    /// has expired is fit: some clients are served by it, and all of them know better than the gateway.
    [[nodiscard]] static std::shared_ptr<const tls_context> read(const config::server_tls& settings,
                                                                 std::shared_ptr<ticket_keys> tickets,
                                                                 std::vector<config::fault>& faults);
    ~tls_context();
    tls_context(const tls_context&) = delete;
    tls_context& operator=(const tls_context&) = delete;

    /// The server's side of a connection over that socket, before its handshake. It must not outlive the context; the
    /// socket stays its owner's. Throws std::bad_alloc.
    [[nodiscard]] std::unique_ptr<SSL, free_tls> begin(int socket) const;

    /// Whether the certificate that the client of a connection has shown, which may have begun with another context, is
    /// one that a client of this context could show.
    [[nodiscard]] bool trusts_client_of(SSL& connection) const;

    /// When the first of the certificate and those that are sent with it expires.
    [[nodiscard]] system_clock::time_point expires() const { return expires_; }
    /// Whether the certificate has expired or is not valid yet, as a sentence; empty where it is valid.
    [[nodiscard]] std::string untimely(system_clock::time_point now) const;
    /// The value of Strict-Transport-Security (RFC 6797); empty: it is not sent.
    [[nodiscard]] std::string_view hsts() const { return hsts_; }

  private:
    struct texts;
    tls_context(const config::server_tls& settings, const texts& texts, std::shared_ptr<ticket_keys> tickets);

    void restrict_protocol();
    void take_certificate(const config::server_tls& settings, const texts& texts);
    void ask_clients(const config::server_tls& settings, const texts& texts);

    std::shared_ptr<ticket_keys> tickets_;
    std::unique_ptr<SSL_CTX, free_tls> context_;
    system_clock::time_point begins_{};
    system_clock::time_point expires_{};
    std::string hsts_;
};

/// Adds to `faults` what is wrong with the files of `server.tls`, and to `warnings` what an operator should know.
void check_tls(const config::server& settings, std::vector<config::fault>& faults,
               std::vector<config::fault>& warnings);

/// `YYYY-MM-DDTHH:MM:SSZ`
[[nodiscard]] std::string shown(system_clock::time_point moment);

}  // namespace rollcall::gateway
