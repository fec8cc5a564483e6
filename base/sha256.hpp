// SHA-256 (FIPS 180-4) of a text, by OpenSSL. Whoever hashes for each request holds the algorithm himself, because
// finding it takes longer than hashing.
#pragma once

#include <array>
#include <string_view>

namespace rollcall {

/// Throws std::runtime_error where OpenSSL has none, which its configuration can bring about.
[[nodiscard]] std::array<unsigned char, 32> sha256(std::string_view text);

}  // namespace rollcall
