// Keys from JSON into OpenSSL, and asking OpenSSL whether a signature is theirs.
#include "gateway/access/json_web_key.hpp"

#include "base/base64.hpp"

#include <fmt/format.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <vector>

namespace rollcall::gateway {
namespace {

constexpr std::size_t coordinate_bytes = 32;  // of P-256 and of Ed25519
constexpr int exponent_bits_maximum = 33;     // 65537 and its like; one as long as the modulus takes long

template<auto Free>
struct freer {
    template<typename T>
    void operator()(T* object) const {
        Free(object);
    }
};
using context_pointer = std::unique_ptr<EVP_PKEY_CTX, freer<EVP_PKEY_CTX_free>>;
using digest_pointer = std::unique_ptr<EVP_MD_CTX, freer<EVP_MD_CTX_free>>;
using number_pointer = std::unique_ptr<BIGNUM, freer<BN_free>>;
using builder_pointer = std::unique_ptr<OSSL_PARAM_BLD, freer<OSSL_PARAM_BLD_free>>;
using params_pointer = std::unique_ptr<OSSL_PARAM, freer<OSSL_PARAM_free>>;
using ecdsa_pointer = std::unique_ptr<ECDSA_SIG, freer<ECDSA_SIG_free>>;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// A member that is base64url; empty where it is missing or none.
std::optional<std::string> bytes_member(const json_object& object, std::string_view name) {
    const auto* const member = object.find(name);
    const auto text = member == nullptr ? std::nullopt : text_of(*member);
    return text ? from_base64url(*text) : std::nullopt;
}

bool says(const json_object& object, std::string_view name, std::string_view value) {
    const auto* const member = object.find(name);
    return member != nullptr && text_of(*member) == value;
}

number_pointer number_of(const std::string& bytes) {
    return number_pointer{BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)};
}

/// The algorithm that the key's type and curve allow; empty: none.
std::optional<signature_algorithm> algorithm_of(const json_object& object) {
    if (says(object, "kty", "RSA")) return signature_algorithm::rs256;
    if (says(object, "kty", "EC") && says(object, "crv", "P-256")) return signature_algorithm::es256;
    if (says(object, "kty", "OKP") && says(object, "crv", "Ed25519")) return signature_algorithm::eddsa;
    return std::nullopt;
}

/// What the key's members say against verifying tokens with it; empty: nothing.
std::string objection(const json_object& object, signature_algorithm algorithm) {
    if (object.find("d") != nullptr) return "it is a private key, which nobody else must have";
    const auto name = signature_algorithm_names[static_cast<std::size_t>(algorithm)];
    if (object.find("alg") != nullptr && !says(object, "alg", name))
        return fmt::format("its alg is not {}, which is the one algorithm for its type here", name);
    if (object.find("use") != nullptr && !says(object, "use", "sig")) return "its use is not sig";
    if (const auto* const operations = object.find("key_ops")) {
        const auto texts = texts_of(*operations);
        if (!texts || std::ranges::find(*texts, "verify") == texts->end()) return "its key_ops do not hold verify";
    }
    if (const auto* const id = object.find("kid"); id != nullptr && !text_of(*id)) return "its kid is no string";
    return {};
}

/// Null: OpenSSL refuses it.
EVP_PKEY* key_from(const char* type, OSSL_PARAM* params) {
    const context_pointer context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        return nullptr;
    }
    return key;
}

/// The DER form, which OpenSSL wants, of an ECDSA signature that is r and s, 32 bytes each (RFC 7518, section 3.4).
/// Empty: it is not that, or one of the two is zero.
std::vector<unsigned char> der_of(std::string_view signature) {
    if (signature.size() != 2 * coordinate_bytes) return {};
    number_pointer r = number_of(std::string{signature.substr(0, coordinate_bytes)});
    number_pointer s = number_of(std::string{signature.substr(coordinate_bytes)});
    const ecdsa_pointer pair{ECDSA_SIG_new()};
    if (!r || !s || !pair || BN_is_zero(r.get()) || BN_is_zero(s.get())) return {};
    if (ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
    // The pair owns them now.
    (void)r.release();
    (void)s.release();
    unsigned char* encoded = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &encoded);
    if (size <= 0) return {};
    std::vector<unsigned char> der(encoded, encoded + size);
    OPENSSL_free(encoded);
    return der;
}

}  // namespace

std::optional<signature_algorithm> algorithm_named(std::string_view name) {
    const auto* const found = std::ranges::find(signature_algorithm_names, name);
    if (found == std::end(signature_algorithm_names)) return std::nullopt;
    return static_cast<signature_algorithm>(found - std::begin(signature_algorithm_names));
}

void json_web_key::free_key::operator()(EVP_PKEY* key) const {
    EVP_PKEY_free(key);
}

std::variant<json_web_key, std::string> json_web_key::read(const json_object& object) {
    const auto algorithm = algorithm_of(object);
    if (!algorithm) return "its type is none of RSA, EC with P-256 and OKP with Ed25519";
    if (std::string objection = gateway::objection(object, *algorithm); !objection.empty()) return objection;
    std::string problem;
    key_pointer key = public_key(*algorithm, object, problem);
    // What OpenSSL had to say of it is told in our words.
    ERR_clear_error();
    if (!key) return problem;
    const auto* const id = object.find("kid");
    return json_web_key{*algorithm, id == nullptr ? std::nullopt : text_of(*id), std::move(key)};
}

json_web_key::key_pointer json_web_key::public_key(signature_algorithm algorithm, const json_object& object,
                                                   std::string& problem) {
    switch (algorithm) {
        case signature_algorithm::rs256:
            return rsa_key(object, problem);
        case signature_algorithm::es256:
            return p256_key(object, problem);
        case signature_algorithm::eddsa:
            break;
    }
    return ed25519_key(object, problem);
}

json_web_key::key_pointer json_web_key::rsa_key(const json_object& object, std::string& problem) {
    const auto modulus = bytes_member(object, "n");
    const auto exponent = bytes_member(object, "e");
    if (!modulus || !exponent) {
        problem = "its n or e is missing or no base64url";
        return nullptr;
    }
    const number_pointer n = number_of(*modulus);
    const number_pointer e = number_of(*exponent);
    const builder_pointer builder{OSSL_PARAM_BLD_new()};
    if (!n || !e || !builder) throw std::bad_alloc{};
    const int bits = BN_num_bits(n.get());
    if (bits < rsa_bits_minimum || bits > rsa_bits_maximum) {
        problem = fmt::format("it has {} bits, where {} to {} are wanted", bits, rsa_bits_minimum, rsa_bits_maximum);
        return nullptr;
    }
    if (!BN_is_odd(n.get()) || !BN_is_odd(e.get()) || BN_is_one(e.get()) ||
        BN_num_bits(e.get()) > exponent_bits_maximum) {
        problem = "its n or e is not of an RSA key";
        return nullptr;
    }
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const params_pointer params{OSSL_PARAM_BLD_to_param(builder.get())};
    key_pointer key{key_from("RSA", params.get())};
    if (!key) problem = "OpenSSL refuses it";
    return key;
}

json_web_key::key_pointer json_web_key::p256_key(const json_object& object, std::string& problem) {
    const auto x = bytes_member(object, "x");
    const auto y = bytes_member(object, "y");
    if (!x || !y || x->size() != coordinate_bytes || y->size() != coordinate_bytes) {
        problem = "its x or y is missing or has not 32 bytes";
        return nullptr;
    }
    const std::string point = '\x04' + *x + *y;
    const builder_pointer builder{OSSL_PARAM_BLD_new()};
    if (!builder) throw std::bad_alloc{};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
    const params_pointer params{OSSL_PARAM_BLD_to_param(builder.get())};
    key_pointer key{key_from("EC", params.get())};
    const context_pointer checking{key ? EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr) : nullptr};
    if (!checking || EVP_PKEY_public_check(checking.get()) != 1) {
        problem = "it is no point of P-256";
        return nullptr;
    }
    return key;
}

json_web_key::key_pointer json_web_key::ed25519_key(const json_object& object, std::string& problem) {
    const auto x = bytes_member(object, "x");
    if (!x || x->size() != coordinate_bytes) {
        problem = "its x is missing or has not 32 bytes";
        return nullptr;
    }
    key_pointer key{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size())};
    if (!key) problem = "OpenSSL refuses it";
    return key;
}

bool json_web_key::verifies(std::string_view text, std::string_view signature) const {
    std::vector<unsigned char> der;
    if (algorithm_ == signature_algorithm::es256) {
        der = der_of(signature);
        if (der.empty()) return false;
        signature = {reinterpret_cast<const char*>(der.data()), der.size()};
    }
    const digest_pointer context{EVP_MD_CTX_new()};
    if (!context) throw std::bad_alloc{};
    // Ed25519 hashes for itself; the padding of RSA is PKCS #1 v1.5 unless said otherwise.
    const char* const digest = algorithm_ == signature_algorithm::eddsa ? nullptr : "SHA256";
    const bool good =
        EVP_DigestVerifyInit_ex(context.get(), nullptr, digest, nullptr, nullptr, key_.get(), nullptr) == 1 &&
        EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
    ERR_clear_error();
    return good;
}

}  // namespace rollcall::gateway
