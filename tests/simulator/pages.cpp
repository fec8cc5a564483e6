// Numbers, tokens and credentials of requests for a page.
#include "tests/simulator/pages.hpp"

#include "tests/simulator/data.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

namespace rollcall::simulator {
namespace {

// Tokens look like those of a Fernet-encrypting server: this prefix, then base64url.
constexpr std::string_view token_prefix = "gAAAAAB";
constexpr std::size_t position_digits = 6;

// Base64url digits hold 6 bits each.
std::string digits_of(std::size_t position) {
    std::string digits(position_digits, 'A');
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, position >>= 6) {
        *digit = base64url_alphabet[position & 63];
    }
    return digits;
}

std::size_t value_of(char digit) {
    return base64url_alphabet.find(digit);
}

}  // namespace

std::optional<std::size_t> whole_number::read(const request& request, std::string_view name) const {
    const auto text = request.parameter(name);
    if (!text) return fallback;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size() || number < least || number > most) {
        return std::nullopt;
    }
    return number;
}

token_maker::token_maker(std::uint64_t seed) : secret_(dice{seed ^ 0x746F6B656EULL}.text(32, base64url_alphabet)) {}

std::string token_maker::seal(std::string_view scope, std::size_t position) const {
    const std::string digits = digits_of(position);
    const std::string sealed = std::string{scope} + '\n' + digits;
    std::array<unsigned char, EVP_MAX_MD_SIZE> mac;
    unsigned mac_size = 0;
    HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
         reinterpret_cast<const unsigned char*>(sealed.data()), sealed.size(), mac.data(), &mac_size);
    std::string token{token_prefix};
    // The MAC masks the position, so that neighbouring positions have nothing in common.
    for (std::size_t i = 0; i < position_digits; ++i) {
        token += base64url_alphabet[(value_of(digits[i]) + mac[i]) & 63];
    }
    for (unsigned i = 0; i < mac_size; ++i)
        token += base64url_alphabet[mac[i] & 63];
    return token;
}

std::optional<std::size_t> token_maker::open(std::string_view scope, std::string_view token) const {
    if (!token.starts_with(token_prefix) || token.size() < token_prefix.size() + 2 * position_digits) {
        return std::nullopt;
    }
    const std::string_view masked = token.substr(token_prefix.size(), position_digits);
    const std::string_view mask = token.substr(token_prefix.size() + position_digits, position_digits);
    std::size_t position = 0;
    for (std::size_t i = 0; i < position_digits; ++i) {
        position = position << 6 | ((value_of(masked[i]) - value_of(mask[i])) & 63);
    }
    // Sealing again is the check: only a token of ours comes out the same.
    if (seal(scope, position) != token) return std::nullopt;
    return position;
}

std::string_view bearer_of(const request& request) {
    constexpr std::string_view scheme = "Bearer ";
    const std::string_view value = request.header_value("authorization");
    return value.starts_with(scheme) ? value.substr(scheme.size()) : std::string_view{};
}

}  // namespace rollcall::simulator
