// The keys that clients show: `rc_`, ten letters or digits by which a key is found, `_`, and forty that are the secret.
#pragma once

#include "base/secret.hpp"
#include "config/syntax.hpp"

#include <cstddef>
#include <string>

namespace rollcall::gateway {

/// Of a-z and 2-7 (RFC 4648, section 6), five random bits each: 200 bits.
inline constexpr std::size_t key_secret_length = 40;
inline constexpr std::size_t key_length = config::key_prefix_length + 1 + key_secret_length;

struct made_key {
    secret key;        ///< for the client
    std::string hash;  ///< for the configuration: prefix, colon, and SHA-256 in hexadecimal digits
};

/// A key from OpenSSL's random numbers. Throws std::runtime_error where it has none.
[[nodiscard]] made_key make_key();

}  // namespace rollcall::gateway
