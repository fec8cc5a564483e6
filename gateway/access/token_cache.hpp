// Tokens whose signatures have been verified, so that one that comes again costs a hash. When they end is the caller's
// to judge, each time.
#pragma once

#include "gateway/access/json_web_token.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

struct token_owner;

/// What a good token comes to.
struct verified_token {
    std::size_t issuer = 0;         ///< its place in the configuration
    std::uint64_t key_version = 0;  ///< held_key_set::version of the keys that it was verified by
    token_time not_before{};        ///< the later of `nbf` and `iat`
    token_time expires{};
    const token_owner* owner = nullptr;
    bool reads = true;  ///< its scope leaves it to its client
    bool writes = true;
};

using token_digest = std::array<unsigned char, 32>;

/// Not thread-safe. Each token has four places that it may be kept at, of which the one that was not asked for the
/// longest is given up.
class token_cache {
  public:
    static constexpr std::size_t ways = 4;
    static constexpr std::size_t sets = 256;

    /// Throws std::runtime_error where OpenSSL has no SHA-256.
    token_cache();

    /// SHA-256 of the token, by which it is kept: a reader of the memory finds no token here. Throws std::bad_alloc.
    [[nodiscard]] token_digest digest_of(std::string_view token) const;

    /// Null: it is not kept. Valid until the next `put`.
    [[nodiscard]] const verified_token* find(const token_digest& digest);
    void put(const token_digest& digest, const verified_token& token);

  private:
    struct kept {
        token_digest digest{};
        std::uint64_t used = 0;  ///< the later, the larger; 0: nothing is kept here
        verified_token token;
    };
    struct md_deleter {
        void operator()(EVP_MD* md) const { EVP_MD_free(md); }
    };

    [[nodiscard]] kept* set_of(const token_digest& digest);

    std::unique_ptr<EVP_MD, md_deleter> sha256_;  ///< held, because fetching it takes longer than hashing
    std::vector<kept> kept_ = std::vector<kept>(ways * sets);
    std::uint64_t uses_ = 0;
};

}  // namespace rollcall::gateway
