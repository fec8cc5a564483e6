// Base64 over OpenSSL's block functions.
#include "base/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace rollcall {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

}  // namespace

std::string base64(std::string_view bytes) {
    // OpenSSL writes a zero behind the text.
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int size = EVP_EncodeBlock(bytes_of(text), bytes_of(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string base64url(std::string_view bytes) {
    std::string text = base64(bytes);
    text.resize((bytes.size() * 4 + 2) / 3);  // without the padding
    for (char& letter : text)
        letter = letter == '+' ? '-' : letter == '/' ? '_' : letter;
    return text;
}

std::optional<std::string> from_base64url(std::string_view text) {
    std::string standard{text};
    std::ranges::replace(standard, '-', '+');
    std::ranges::replace(standard, '_', '/');
    const std::size_t padding = (4 - standard.size() % 4) % 4;
    standard.append(padding, '=');

    std::string bytes(standard.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(bytes_of(bytes), bytes_of(standard), static_cast<int>(standard.size()));
    if (size < 0 || static_cast<std::size_t>(size) < padding) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(size) - padding);
    // OpenSSL overlooks white space, foreign padding and stray bits; whatever does not come out again was not
    // canonical.
    if (base64url(bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace rollcall
