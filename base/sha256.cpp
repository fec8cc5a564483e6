// SHA-256 by OpenSSL.
#include "base/sha256.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace rollcall {

std::array<unsigned char, 32> sha256(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-256");
    return digest;
}

}  // namespace rollcall
