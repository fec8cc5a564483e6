// Keys and signed tokens (RFC 7515, RFC 7517) for tests: made with OpenSSL by other ways than the gateway's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

typedef struct evp_pkey_st EVP_PKEY;

namespace rollcall::testing {

enum class key_kind : std::uint8_t { rsa_2048, rsa_1024, p256, p384, ed25519 };

class signing_key {
  public:
    /// A new key; `id` is its `kid`, empty: it has none.
    explicit signing_key(key_kind kind, std::string id = {});
    ~signing_key();
    signing_key(signing_key&&) noexcept;

    /// What a key set holds of it. `more` is put behind its members, such as `,"use":"sig"`.
    std::string jwk(std::string_view more = {}) const;
    /// Its signature as tokens have it: r and s side by side for an elliptic curve.
    std::string sign(std::string_view text) const;
    /// The same as OpenSSL has it: DER for an elliptic curve.
    std::string sign_der(std::string_view text) const;
    std::string public_pem() const;
    std::string public_der() const;
    /// `{"alg":…,"kid":…}` with the algorithm of its kind.
    std::string header() const;

  private:
    struct free_key {
        void operator()(EVP_PKEY* key) const;
    };
    key_kind kind_;
    std::string id_;
    std::unique_ptr<EVP_PKEY, free_key> key_;
};

/// `{"keys":[…]}`
std::string key_set_of(const std::vector<std::string>& keys);

/// The first two parts of a token: what is signed.
std::string signed_part_of(std::string_view header, std::string_view claims);
/// With a signature as its third.
std::string token_of(std::string_view signed_part, std::string_view signature);
/// A whole token.
std::string token_of(const signing_key& key, std::string_view header, std::string_view claims);
std::string token_of(const signing_key& key, std::string_view claims);

/// HMAC-SHA256, as a token with HS256 has it.
std::string hmac_of(std::string_view secret, std::string_view text);

}  // namespace rollcall::testing
