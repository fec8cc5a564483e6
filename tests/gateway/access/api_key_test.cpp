// Making keys.
#include "gateway/access/api_key.hpp"

#include <doctest/doctest.h>
#include <openssl/sha.h>

#include <array>
#include <set>
#include <string>

namespace rollcall::gateway {

TEST_CASE("a new key has a beginning that names it, and a hash that is its SHA-256") {
    const made_key made = make_key();
    const std::string key{made.key.reveal()};
    CHECK(key.size() == key_length);
    const std::string prefix{config::prefix_of_key(key)};
    CHECK(prefix == key.substr(0, 13));
    CHECK(config::is_key_prefix(prefix));
    CHECK(key.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567", 14) == std::string::npos);

    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
    std::string expected = prefix + ':';
    for (const unsigned char byte : digest) {
        constexpr std::string_view digits = "0123456789abcdef";
        expected += digits[byte >> 4];
        expected += digits[byte & 15];
    }
    CHECK(made.hash == expected);
}

TEST_CASE("keys have nothing in common but their mark") {
    std::set<std::string> prefixes;
    std::set<std::string> secrets;
    std::array<std::set<char>, key_length> letters;
    constexpr std::size_t count = 1000;
    for (std::size_t i = 0; i < count; ++i) {
        const made_key made = make_key();
        const std::string key{made.key.reveal()};
        prefixes.insert(key.substr(0, 13));
        secrets.insert(key.substr(14));
        for (std::size_t at = 0; at < key.size(); ++at)
            letters[at].insert(key[at]);
    }
    CHECK(prefixes.size() == count);
    CHECK(secrets.size() == count);
    // That one of 32 letters is missing at a place after a thousand keys has a chance of 32 * (31/32)^1000, 5e-13.
    for (std::size_t at = 3; at < key_length; ++at)
        CHECK(letters[at].size() == (at == 13 ? 1 : 32));
}

}  // namespace rollcall::gateway
