// OpenSSL's callbacks for session tickets.
#include "gateway/http/tls_tickets.hpp"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <array>

namespace rollcall::gateway {
namespace {

// What the callback answers, as SSL_CTX_set_tlsext_ticket_key_evp_cb(3) has it.
constexpr int failed = -1;
constexpr int no_key = 0;
constexpr int use = 1;
constexpr int use_and_renew = 2;

constexpr int initial_vector_bytes = 16;  // of AES-CBC

int keys_slot() {
    static const int slot = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

ticket_keys& keys_of(SSL* connection) {
    return *static_cast<ticket_keys*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), keys_slot()));
}

bool set_mac(EVP_MAC_CTX* mac, ticket_key& key) {
    std::array<char, 7> digest{"SHA256"};
    const std::array<OSSL_PARAM, 3> settings{
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key.mac.data(), key.mac.size()),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), 0), OSSL_PARAM_construct_end()};
    return EVP_MAC_CTX_set_params(mac, settings.data()) == 1;
}

int on_ticket(SSL* connection, unsigned char name[], unsigned char vector[], EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac,
              int sealing) {
    const auto now = steady_clock::now();
    if (sealing != 0) {
        auto key = keys_of(connection).sealing(now);
        if (!key || RAND_bytes(vector, initial_vector_bytes) != 1) return failed;
        std::ranges::copy(key->name, name);
        const bool ready = EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key->cipher.data(), vector) == 1 &&
                           set_mac(mac, *key);
        return ready ? use : failed;
    }
    std::array<unsigned char, 16> wanted;
    std::copy_n(name, wanted.size(), wanted.begin());
    auto found = keys_of(connection).opening(wanted, now);
    if (!found) return no_key;
    const bool ready = EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.cipher.data(), vector) == 1 &&
                       set_mac(mac, found->key);
    if (!ready) return failed;
    return found->former ? use_and_renew : use;
}

/// Who has shown a certificate that has expired since must show a new one.
SSL_TICKET_RETURN on_opened(SSL*, SSL_SESSION* session, const unsigned char*, std::size_t, SSL_TICKET_STATUS status,
                            void*) {
    if (status != SSL_TICKET_SUCCESS && status != SSL_TICKET_SUCCESS_RENEW) return SSL_TICKET_RETURN_IGNORE_RENEW;
    const X509* const shown = SSL_SESSION_get0_peer(session);
    if (shown != nullptr && X509_cmp_current_time(X509_get0_notAfter(shown)) <= 0) {
        return SSL_TICKET_RETURN_IGNORE_RENEW;
    }
    return status == SSL_TICKET_SUCCESS ? SSL_TICKET_RETURN_USE : SSL_TICKET_RETURN_USE_RENEW;
}

}  // namespace

void accept_tickets(SSL_CTX& context, ticket_keys& keys) {
    SSL_CTX_set_session_cache_mode(&context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_timeout(&context, std::chrono::seconds{2 * ticket_keys::lifetime}.count());
    SSL_CTX_set_ex_data(&context, keys_slot(), &keys);
    SSL_CTX_set_tlsext_ticket_key_evp_cb(&context, &on_ticket);
    SSL_CTX_set_session_ticket_cb(&context, nullptr, &on_opened, nullptr);
}

}  // namespace rollcall::gateway
