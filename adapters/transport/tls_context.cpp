// Setting up OpenSSL for one provider.
#include "adapters/transport/tls_context.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <stdexcept>
#include <utility>

namespace rollcall::adapters {
namespace {

// Asio keeps its own callbacks in the context's application data, so the way back to us needs a slot of its own.
int owner_slot() {
    static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

}  // namespace

tls_context::tls_context(std::string host, const std::string& ca_file) : host_(std::move(host)) {
    boost::system::error_code no_address;
    (void)boost::asio::ip::make_address(host_, no_address);
    host_is_address_ = !no_address;

    SSL_CTX* native = context_.native_handle();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER, nullptr);
    trust(ca_file);
    expect_host();

    SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_set_ex_data(native, owner_slot(), this);
    SSL_CTX_sess_set_new_cb(native, &tls_context::on_new_session);
}

void tls_context::trust(const std::string& ca_file) {
    boost::system::error_code error;
    if (ca_file.empty()) {
        context_.set_default_verify_paths(error);
        if (error) throw std::runtime_error("cannot read the system's trusted certificates: " + error.message());
        return;
    }
    context_.load_verify_file(ca_file, error);
    if (error) throw std::runtime_error("cannot read trusted certificates from " + ca_file + ": " + error.message());
}

// Set once on the context instead of in a callback for each connection: OpenSSL then names the mismatch itself.
void tls_context::expect_host() {
    X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context_.native_handle());
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
    const int done = host_is_address_ ? X509_VERIFY_PARAM_set1_ip_asc(rules, host_.c_str())
                                      : X509_VERIFY_PARAM_set1_host(rules, host_.data(), host_.size());
    if (done != 1) throw std::runtime_error("no certificate can name the host " + host_);
}

void tls_context::prepare(SSL& connection) {
    if (!host_is_address_) SSL_set_tlsext_host_name(&connection, host_.c_str());
    const std::lock_guard lock(mutex_);
    if (session_) SSL_set_session(&connection, session_.get());
}

int tls_context::on_new_session(SSL* connection, SSL_SESSION* session) {
    auto* owner = static_cast<tls_context*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), owner_slot()));
    // A copy, because OpenSSL spoils the session of a connection that is closed without a farewell, as ours are.
    std::unique_ptr<SSL_SESSION, free_session> copy(SSL_SESSION_dup(session));
    const std::lock_guard lock(owner->mutex_);
    owner->session_ = std::move(copy);
    return 0;  // the original stays OpenSSL's
}

std::string tls_context::refusal(const SSL& connection, const boost::system::error_code& error) {
    {
        const std::lock_guard lock(mutex_);
        session_.reset();
    }
    const long verified = SSL_get_verify_result(&connection);
    return verified == X509_V_OK ? error.message() : X509_verify_cert_error_string(verified);
}

}  // namespace rollcall::adapters
