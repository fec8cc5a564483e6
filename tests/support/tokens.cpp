// Keys and tokens with OpenSSL.
#include "tests/support/tokens.hpp"

#include "base/base64.hpp"
#include "tests/support/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <array>

namespace rollcall::testing {
namespace {

using digest_pointer = std::unique_ptr<EVP_MD_CTX, freer<EVP_MD_CTX_free>>;
using signature_pointer = std::unique_ptr<ECDSA_SIG, freer<ECDSA_SIG_free>>;
using bio_pointer = std::unique_ptr<BIO, freer<BIO_free_all>>;

EVP_PKEY* make(key_kind kind) {
    switch (kind) {
        case key_kind::rsa_2048:
            return EVP_RSA_gen(2048);
        case key_kind::rsa_1024:
            return EVP_RSA_gen(1024);
        case key_kind::p256:
            return EVP_EC_gen("P-256");
        case key_kind::p384:
            return EVP_EC_gen("P-384");
        case key_kind::ed25519:
            break;
    }
    return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string number(EVP_PKEY* key, const char* name, std::size_t bytes = 0) {
    BIGNUM* read = nullptr;
    check(EVP_PKEY_get_bn_param(key, name, &read) == 1, "EVP_PKEY_get_bn_param");
    const std::unique_ptr<BIGNUM, freer<BN_free>> value{read};
    std::string text(bytes == 0 ? static_cast<std::size_t>(BN_num_bytes(read)) : bytes, '\0');
    check(BN_bn2binpad(read, reinterpret_cast<unsigned char*>(text.data()), static_cast<int>(text.size())) > 0,
          "BN_bn2binpad");
    return base64url(text);
}

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::size_t curve_bytes(key_kind kind) {
    return kind == key_kind::p256 ? 32 : 48;
}

}  // namespace

void signing_key::free_key::operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
}

signing_key::signing_key(key_kind kind, std::string id) : kind_(kind), id_(std::move(id)), key_(make(kind)) {
    check(key_ != nullptr, "making a key");
}

signing_key::~signing_key() = default;
signing_key::signing_key(signing_key&&) noexcept = default;

std::string signing_key::jwk(std::string_view more) const {
    std::string text = "{";
    if (!id_.empty()) text += R"("kid":")" + id_ + R"(",)";
    if (kind_ == key_kind::rsa_2048 || kind_ == key_kind::rsa_1024) {
        text += R"("kty":"RSA","n":")" + number(key_.get(), OSSL_PKEY_PARAM_RSA_N) + R"(","e":")" +
                number(key_.get(), OSSL_PKEY_PARAM_RSA_E) + '"';
    } else if (kind_ == key_kind::ed25519) {
        std::array<unsigned char, 32> raw{};
        std::size_t size = raw.size();
        check(EVP_PKEY_get_raw_public_key(key_.get(), raw.data(), &size) == 1, "EVP_PKEY_get_raw_public_key");
        text += R"("kty":"OKP","crv":"Ed25519","x":")" + base64url({reinterpret_cast<char*>(raw.data()), size}) + '"';
    } else {
        const std::size_t bytes = curve_bytes(kind_);
        text += R"("kty":"EC","crv":")" + std::string{kind_ == key_kind::p256 ? "P-256" : "P-384"} + R"(","x":")" +
                number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, bytes) + R"(","y":")" +
                number(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, bytes) + '"';
    }
    return text + std::string{more} + '}';
}

std::string signing_key::sign_der(std::string_view text) const {
    const digest_pointer context{EVP_MD_CTX_new()};
    const EVP_MD* const digest = kind_ == key_kind::ed25519 ? nullptr : EVP_sha256();
    check(EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) == 1, "EVP_DigestSignInit");
    std::size_t size = 0;
    check(EVP_DigestSign(context.get(), nullptr, &size, bytes_of(text), text.size()) == 1, "EVP_DigestSign");
    std::string signature(size, '\0');
    check(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                         text.size()) == 1,
          "EVP_DigestSign");
    signature.resize(size);
    return signature;
}

std::string signing_key::sign(std::string_view text) const {
    const std::string der = sign_der(text);
    if (kind_ != key_kind::p256 && kind_ != key_kind::p384) return der;
    const unsigned char* at = bytes_of(der);
    const signature_pointer pair{d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    check(pair != nullptr, "d2i_ECDSA_SIG");
    const std::size_t bytes = curve_bytes(kind_);
    std::string raw(2 * bytes, '\0');
    auto* const out = reinterpret_cast<unsigned char*>(raw.data());
    check(BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), out, static_cast<int>(bytes)) > 0, "BN_bn2binpad");
    check(BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), out + bytes, static_cast<int>(bytes)) > 0, "BN_bn2binpad");
    return raw;
}

std::string signing_key::public_pem() const {
    const bio_pointer bio{BIO_new(BIO_s_mem())};
    check(PEM_write_bio_PUBKEY(bio.get(), key_.get()) == 1, "PEM_write_bio_PUBKEY");
    return text_of(bio.get());
}

std::string signing_key::public_der() const {
    const bio_pointer bio{BIO_new(BIO_s_mem())};
    check(i2d_PUBKEY_bio(bio.get(), key_.get()) == 1, "i2d_PUBKEY_bio");
    return text_of(bio.get());
}

std::string signing_key::header() const {
    const std::string algorithm = kind_ == key_kind::ed25519 ? "EdDSA"
                                  : kind_ == key_kind::p256  ? "ES256"
                                  : kind_ == key_kind::p384  ? "ES384"
                                                             : "RS256";
    return R"({"alg":")" + algorithm + '"' + (id_.empty() ? "" : R"(,"kid":")" + id_ + '"') + '}';
}

std::string key_set_of(const std::vector<std::string>& keys) {
    std::string text = R"({"keys":[)";
    for (const std::string& key : keys)
        text += (text.back() == '[' ? "" : ",") + key;
    return text + "]}";
}

std::string signed_part_of(std::string_view header, std::string_view claims) {
    return base64url(header) + '.' + base64url(claims);
}

std::string token_of(std::string_view signed_part, std::string_view signature) {
    return std::string{signed_part} + '.' + base64url(signature);
}

std::string token_of(const signing_key& key, std::string_view header, std::string_view claims) {
    const std::string part = signed_part_of(header, claims);
    return token_of(part, key.sign(part));
}

std::string token_of(const signing_key& key, std::string_view claims) {
    return token_of(key, key.header(), claims);
}

std::string hmac_of(std::string_view secret, std::string_view text) {
    std::array<unsigned char, 32> digest{};
    unsigned size = 0;
    check(HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), digest.data(),
               &size) != nullptr,
          "HMAC");
    return {reinterpret_cast<char*>(digest.data()), size};
}

}  // namespace rollcall::testing
