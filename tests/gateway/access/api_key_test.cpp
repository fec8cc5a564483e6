// Making keys, and taking their secrets out of texts.
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
    const std::string prefix{prefix_of_key(key)};
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

TEST_CASE("only what begins as a key does has the beginning of one") {
    CHECK(prefix_of_key("rc_abcdefgh27_x") == "rc_abcdefgh27");
    for (const std::string_view text : {"", "rc_", "rc_abcdefgh27", "rc_abcdefgh27:x", "rc_abcdefgh21_x",
                                        "rc_ABCDEFGHIJ_x", "rk_abcdefgh27_x", "rc_abcdefgh_x", " rc_abcdefgh27_x"}) {
        CAPTURE(text);
        CHECK(prefix_of_key(text).empty());
    }
}

TEST_CASE("the secret of a key is taken out of a text, whatever stands around it") {
    const std::string key = "rc_abcdefgh27_" + std::string(40, 'x');
    CHECK(without_keys("") == "");
    CHECK(without_keys("no key") == "no key");
    CHECK(without_keys(key) == "rc_abcdefgh27_***");
    CHECK(without_keys("api_key=" + key + "&limit=5") == "api_key=rc_abcdefgh27_***&limit=5");
    CHECK(without_keys(key + ',' + key) == "rc_abcdefgh27_***,rc_abcdefgh27_***");
    CHECK(without_keys("rc_rc_" + key) == "rc_rc_rc_abcdefgh27_***");
    // Cut off, or with more behind it, it is a secret all the same.
    CHECK(without_keys("rc_abcdefgh27_xyz") == "rc_abcdefgh27_***");
    CHECK(without_keys(key + "yyy!") == "rc_abcdefgh27_***!");
    CHECK(without_keys("rc_abcdefgh27") == "rc_abcdefgh27");
    CHECK(without_keys("arc_de_triomphe rc_") == "arc_de_triomphe rc_");
}

}  // namespace rollcall::gateway
