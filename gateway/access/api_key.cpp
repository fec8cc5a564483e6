// Making keys.
#include "gateway/access/api_key.hpp"

#include "base/sha256.hpp"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <stdexcept>

namespace rollcall::gateway {
namespace {

/// As many letters as bytes: five bits of each are taken, so that all letters are equally likely.
std::string random_letters(std::size_t count) {
    std::string letters(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(letters.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("OpenSSL has no random numbers");
    for (char& letter : letters)
        letter = config::key_alphabet[static_cast<unsigned char>(letter) % config::key_alphabet.size()];
    return letters;
}

std::string sha256_of(std::string_view text) {
    std::string digits;
    for (const unsigned char byte : sha256(text))
        digits += fmt::format("{:02x}", byte);
    return digits;
}

}  // namespace

made_key make_key() {
    const std::string prefix =
        std::string{config::key_mark} + random_letters(config::key_prefix_length - config::key_mark.size());
    std::string key = prefix + '_' + random_letters(key_secret_length);
    std::string hash = prefix + ':' + sha256_of(key);
    return {secret{std::move(key)}, std::move(hash)};
}

}  // namespace rollcall::gateway
