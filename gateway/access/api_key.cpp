// Making keys, and finding them in texts.
#include "gateway/access/api_key.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rollcall::gateway {
namespace {

constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/// As many letters as bytes: five bits of each are taken, so that all letters are equally likely.
std::string random_letters(std::size_t count) {
    std::string letters(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(letters.data()), static_cast<int>(count)) != 1)
        throw std::runtime_error("OpenSSL has no random numbers");
    for (char& letter : letters)
        letter = alphabet[static_cast<unsigned char>(letter) % alphabet.size()];
    return letters;
}

std::string sha256_of(std::string_view text) {
    std::array<unsigned char, 32> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("OpenSSL has no SHA-256");
    std::string digits;
    for (const unsigned char byte : digest)
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

std::string_view prefix_of_key(std::string_view text) {
    const auto prefix = text.substr(0, config::key_prefix_length);
    const bool goes_on = text.size() > prefix.size() && text[prefix.size()] == '_';
    return goes_on && config::is_key_prefix(prefix) ? prefix : std::string_view{};
}

std::string without_keys(std::string_view text) {
    std::string out;
    for (;;) {
        const auto mark = std::min(text.find(config::key_mark), text.size());
        out += text.substr(0, mark);
        text.remove_prefix(mark);
        if (text.empty()) return out;
        const auto prefix = prefix_of_key(text);
        const auto shown = prefix.empty() ? text.substr(0, config::key_mark.size()) : prefix;
        out += shown;
        text.remove_prefix(shown.size());
        if (prefix.empty()) continue;
        out += "_***";
        text.remove_prefix(1);
        text.remove_prefix(std::min(text.find_first_not_of(alphabet), text.size()));
    }
}

}  // namespace rollcall::gateway
