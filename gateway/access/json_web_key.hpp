// One public key of an issuer (RFC 7517), with the one algorithm that it verifies. Which key is asked is key_set.
#pragma once

#include "gateway/access/json_object.hpp"

#include <openssl/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace rollcall::gateway {

/// The algorithms by which tokens may be signed. There is no shared secret among them, and no `none`.
enum class signature_algorithm : std::uint8_t {
    rs256,  ///< RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518, section 3.3)
    es256,  ///< ECDSA with P-256 and SHA-256 (RFC 7518, section 3.4)
    eddsa,  ///< Ed25519 (RFC 8037, section 3.1)
};
inline constexpr std::string_view signature_algorithm_names[] = {"RS256", "ES256", "EdDSA"};

/// By its name in a token's header; empty: any other.
[[nodiscard]] std::optional<signature_algorithm> algorithm_named(std::string_view name);

/// Immutable, and thread-safe by that.
class json_web_key {
  public:
    /// The largest RSA modulus: verifying with larger ones takes long.
    static constexpr int rsa_bits_maximum = 8192;
    static constexpr int rsa_bits_minimum = 2048;  ///< RFC 7518, section 3.3

    /// What a key set holds, or why it is of no use here, as a sentence without what stands in the key. The key's type
    /// and curve say its algorithm (RFC 8725, section 3.1): `RSA`, `EC` with P-256 and `OKP` with Ed25519 have one, and
    /// an `alg` member must say the same; `use` and `key_ops` must not say otherwise than that it verifies.
    [[nodiscard]] static std::variant<json_web_key, std::string> read(const json_object& object);

    [[nodiscard]] signature_algorithm algorithm() const { return algorithm_; }
    /// `kid`; empty where it has none.
    [[nodiscard]] const std::optional<std::string>& id() const { return id_; }

    /// Whether `signature`, in the form of RFC 7518 and RFC 8037, is this key's over `text`.
    [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;

  private:
    struct free_key {
        void operator()(EVP_PKEY* key) const;
    };
    using key_pointer = std::unique_ptr<EVP_PKEY, free_key>;

    json_web_key(signature_algorithm algorithm, std::optional<std::string> id, key_pointer key)
        : algorithm_(algorithm), id_(std::move(id)), key_(std::move(key)) {}

    /// Null: `problem` says why.
    static key_pointer public_key(signature_algorithm algorithm, const json_object& object, std::string& problem);
    static key_pointer rsa_key(const json_object& object, std::string& problem);
    static key_pointer p256_key(const json_object& object, std::string& problem);
    static key_pointer ed25519_key(const json_object& object, std::string& problem);

    signature_algorithm algorithm_;
    std::optional<std::string> id_;
    key_pointer key_;
};

}  // namespace rollcall::gateway
