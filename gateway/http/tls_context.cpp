// Setting up OpenSSL for the clients' connections.
#include "gateway/http/tls_context.hpp"

#include "config/text_file.hpp"
#include "gateway/http/pem.hpp"
#include "gateway/http/tls_tickets.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace rollcall::gateway {
namespace {

constexpr std::size_t largest_file = 1024 * 1024;
constexpr char protocol[] = "\x08http/1.1";  // as ALPN writes it: the length first

/// Of TLS 1.2; all of 1.3's are fit.
constexpr char ciphers[] =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";
constexpr char groups[] = "X25519:P-256:P-384";

/// A file that cannot be used: the key that names it, and why.
struct unfit {
    std::string key;
    std::string what;
};

struct free_verification {
    void operator()(X509_STORE_CTX* verification) const { X509_STORE_CTX_free(verification); }
};

/// What OpenSSL says of its last failure.
std::string refusal() {
    const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
    return reason == nullptr ? "OpenSSL gives no reason" : reason;
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned offered_size, void*) {
    unsigned char* found = nullptr;
    const int outcome = SSL_select_next_proto(&found, size, reinterpret_cast<const unsigned char*>(protocol),
                                              sizeof protocol - 1, offered, offered_size);
    *chosen = found;
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

void free_tls::operator()(SSL* connection) const {
    SSL_free(connection);
}

void free_tls::operator()(SSL_CTX* context) const {
    SSL_CTX_free(context);
}

/// What the files hold.
struct tls_context::texts {
    std::string certificate;
    secret key;
    std::string client_ca;
};

std::shared_ptr<const tls_context> tls_context::read(const config::server_tls& settings,
                                                     std::shared_ptr<ticket_keys> tickets,
                                                     std::vector<config::fault>& faults) {
    const std::size_t before = faults.size();
    const auto add_fault = [&](const std::string& key, std::string what) {
        const auto place = settings.places.find(key);
        faults.push_back({place == settings.places.end() ? config::location{} : place->second, "server.tls." + key,
                          std::move(what)});
    };
    const auto text_of = [&](const std::string& key, const std::string& path) {
        config::text_file read = config::read_text_file(path, largest_file);
        if (!read.problem.empty()) add_fault(key, fmt::format("{} {}", path, read.problem));
        return std::move(read.text);
    };
    texts texts;
    texts.certificate = text_of("certificate", settings.certificate);
    texts.key = secret{text_of("key", settings.key)};
    if (!settings.client_ca.empty()) texts.client_ca = text_of("client_ca", settings.client_ca);
    if (faults.size() > before) return nullptr;
    try {
        ERR_clear_error();
        return std::shared_ptr<const tls_context>(new tls_context(settings, texts, std::move(tickets)));
    } catch (unfit& file) {
        add_fault(file.key, std::move(file.what));
        ERR_clear_error();
        return nullptr;
    }
}

tls_context::tls_context(const config::server_tls& settings, const texts& texts, std::shared_ptr<ticket_keys> tickets)
    : tickets_(std::move(tickets)), context_(SSL_CTX_new(TLS_server_method())) {
    if (!context_) throw std::bad_alloc();
    restrict_protocol();
    take_certificate(settings, texts);
    ask_clients(settings, texts);
    accept_tickets(*context_, *tickets_);
    if (settings.hsts.count() > 0) hsts_ = fmt::format("max-age={}", settings.hsts.count());
}

tls_context::~tls_context() = default;

void tls_context::restrict_protocol() {
    SSL_CTX* const native = context_.get();
    SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
    SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                    SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
    if (SSL_CTX_set_cipher_list(native, ciphers) != 1 || SSL_CTX_set1_groups_list(native, groups) != 1) {
        throw unfit{"certificate", "this OpenSSL offers no cipher that may be used: " + refusal()};
    }
    SSL_CTX_set_alpn_select_cb(native, &choose_protocol, nullptr);
    // What is written stands in a session's own strings until it is sent, though not always at the same place.
    SSL_CTX_set_mode(native,
                     SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(native, 1);  // a record costs one call of the kernel's, not two
}

void tls_context::take_certificate(const config::server_tls& settings, const texts& texts) {
    const pem_certificates chain = read_certificates(texts.certificate);
    if (!chain.problem.empty()) throw unfit{"certificate", fmt::format("{} {}", settings.certificate, chain.problem)};
    const pem_key key = read_private_key(texts.key.reveal());
    if (!key.problem.empty()) throw unfit{"key", fmt::format("{} {}", settings.key, key.problem)};
    X509* const leaf = chain.list.front().get();
    if (X509_check_private_key(leaf, key.key.get()) != 1) {
        throw unfit{"key",
                    fmt::format("{} is not the key of the certificate in {}", settings.key, settings.certificate)};
    }
    const auto refuse = [&](const std::string& why) {
        throw unfit{"certificate", fmt::format("{} cannot be used: {}", settings.certificate, why)};
    };
    if (SSL_CTX_use_certificate(context_.get(), leaf) != 1) refuse(refusal());
    if (SSL_CTX_use_PrivateKey(context_.get(), key.key.get()) != 1) refuse(refusal());
    begins_ = valid_from(*leaf);
    expires_ = valid_until(*leaf);
    for (std::size_t index = 1; index < chain.list.size(); ++index) {
        X509* const issuer = chain.list[index].get();
        if (SSL_CTX_add1_chain_cert(context_.get(), issuer) != 1) refuse(refusal());
        expires_ = std::min(expires_, valid_until(*issuer));
    }
}

/// A session that was begun under other authorities or other rules is not resumed: its context has another name.
void tls_context::ask_clients(const config::server_tls& settings, const texts& texts) {
    SSL_CTX* const native = context_.get();
    const bool required = settings.client_certificate == config::client_certificate::require;
    const std::string rules = (required ? "require\n" : "request\n") + texts.client_ca;
    unsigned char name[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(rules.data()), rules.size(), name);
    static_assert(sizeof name <= SSL_MAX_SID_CTX_LENGTH);
    SSL_CTX_set_session_id_context(native, name, sizeof name);
    if (settings.client_ca.empty()) return;

    const pem_certificates authorities = read_certificates(texts.client_ca);
    if (!authorities.problem.empty()) {
        throw unfit{"client_ca", fmt::format("{} {}", settings.client_ca, authorities.problem)};
    }
    for (const auto& authority : authorities.list) {
        if (X509_STORE_add_cert(SSL_CTX_get_cert_store(native), authority.get()) != 1 ||
            SSL_CTX_add_client_CA(native, authority.get()) != 1) {
            throw unfit{"client_ca", fmt::format("{} cannot be used: {}", settings.client_ca, refusal())};
        }
    }
    SSL_CTX_set_verify(native, SSL_VERIFY_PEER | (required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nullptr);
}

std::unique_ptr<SSL, free_tls> tls_context::begin(int socket) const {
    std::unique_ptr<SSL, free_tls> connection(SSL_new(context_.get()));
    if (!connection || SSL_set_fd(connection.get(), socket) != 1) throw std::bad_alloc();
    SSL_set_accept_state(connection.get());
    return connection;
}

bool tls_context::trusts_client_of(SSL& connection) const {
    const std::unique_ptr<X509_STORE_CTX, free_verification> verification(X509_STORE_CTX_new());
    if (!verification) throw std::bad_alloc();
    X509* const shown = SSL_get0_peer_certificate(&connection);
    if (X509_STORE_CTX_init(verification.get(), SSL_CTX_get_cert_store(context_.get()), shown,
                            SSL_get_peer_cert_chain(&connection)) != 1 ||
        X509_STORE_CTX_set_default(verification.get(), "ssl_client") != 1) {
        throw std::bad_alloc();
    }
    X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(verification.get()),
                                     SSL_CTX_get_security_level(context_.get()));
    return X509_verify_cert(verification.get()) == 1;
}

std::string tls_context::untimely(system_clock::time_point now) const {
    if (now >= expires_) return fmt::format("the certificate expired at {}", shown(expires_));
    if (now < begins_) return fmt::format("the certificate is not valid before {}", shown(begins_));
    return {};
}

void check_tls(const config::server& settings, std::vector<config::fault>& faults,
               std::vector<config::fault>& warnings) {
    if (!settings.tls || settings.tls->certificate.empty() || settings.tls->key.empty()) return;
    const auto read = tls_context::read(*settings.tls, std::make_shared<ticket_keys>(), faults);
    if (!read) return;
    const std::string late = read->untimely(system_clock::now());
    if (late.empty()) return;
    const auto place = settings.tls->places.find("certificate");
    const config::location where = place == settings.tls->places.end() ? config::location{} : place->second;
    warnings.push_back({where, "server.tls.certificate", fmt::format("{}: {}", settings.tls->certificate, late)});
}

std::string shown(system_clock::time_point moment) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}Z", fmt::gmtime(system_clock::to_time_t(moment)));
}

}  // namespace rollcall::gateway
