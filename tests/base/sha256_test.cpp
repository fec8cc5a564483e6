// SHA-256, by the examples of its standard.
#include "base/sha256.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string_view>

namespace rollcall {

TEST_CASE("the digests of the standard's examples, and of nothing") {
    const auto digits = [](std::string_view text) { return fmt::format("{:02x}", fmt::join(sha256(text), "")); };
    CHECK(digits("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(digits("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(digits("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

}  // namespace rollcall
