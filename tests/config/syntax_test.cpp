// Clients' keys in texts: how they are found, and that faults and other lines do not show them.
#include "config/syntax.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace rollcall::config {

TEST_CASE("a letter of keys stands for its place in their alphabet, and no other byte for any") {
    for (int byte = 0; byte < 256; ++byte) {
        const auto letter = static_cast<char>(byte);
        CAPTURE(byte);
        CHECK(key_letter_value(letter) == std::min(key_alphabet.find(letter), key_alphabet.size()));
    }
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

TEST_CASE("a text is freed of the tokens in it, and of nothing that only looks like one") {
    const std::string token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhIn0.sig-_natureZ09";
    CHECK(without_keys(token) == "eyJ***");
    CHECK(without_keys("access_token=" + token + "&limit=5") == "access_token=eyJ***&limit=5");
    CHECK(without_keys(token + ' ' + token) == "eyJ*** eyJ***");
    CHECK(without_keys("eyJx." + token) == "eyJ***.sig-_natureZ09");
    CHECK(without_keys("eyJx.y.") == "eyJ***");
    CHECK(without_keys("eyJx..") == "eyJ***");
    for (const std::string plain : {"eyJ", "eyJ.", "eyJx.y", "heyJoe.txt", "cursor=AQeyJabc&a=b.c"})
        CHECK(without_keys(plain) == plain);
    const std::string key = "rc_abcdefgh27_" + std::string(40, 'x');
    CHECK(without_keys("eyJ" + key) == "eyJrc_abcdefgh27_***");
    CHECK(without_keys(key + "eyJa.b.c") == "rc_abcdefgh27_***J***");
}

TEST_CASE("a fault shows no key, wherever it was put") {
    const std::string key = "rc_abcdefgh27_" + std::string(40, 'x');
    CHECK(to_string(fault{{"c.yaml", 2, 5}, "access." + key, "did you mean " + key}) ==
          "c.yaml:2:5: access.rc_abcdefgh27_***: did you mean rc_abcdefgh27_***");
}

}  // namespace rollcall::config
