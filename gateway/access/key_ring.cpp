// Finding whose a key is.
#include "gateway/access/key_ring.hpp"

#include "config/syntax.hpp"
#include "gateway/access/api_key.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <new>
#include <stdexcept>

namespace rollcall::gateway {

key_ring::key_ring(std::vector<held_key> keys)
    : sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)), keys_(std::move(keys)) {
    if (!sha256_) throw std::runtime_error("OpenSSL has no SHA-256");
    std::ranges::sort(keys_, {}, [](const held_key& key) { return code_of(key.prefix); });
    for (const held_key& key : keys_)
        codes_.push_back(code_of(key.prefix));
}

key_ring::code key_ring::code_of(std::string_view prefix) {
    constexpr unsigned bits_of_a_letter = 5;
    code code = 0;
    for (const char letter : prefix.substr(config::key_mark.size()))
        code = code << bits_of_a_letter | config::key_letter_value(letter);
    return code;
}

std::variant<const held_key*, key_fault> key_ring::find(std::string_view shown, system_clock::time_point now) const {
    constexpr code no_code = UINT64_MAX;  // fifty bits are all that a prefix has
    const auto prefix = config::prefix_of_key(shown);
    const code wanted = prefix.empty() ? no_code : code_of(prefix);
    const auto at = static_cast<std::size_t>(std::ranges::lower_bound(codes_, wanted) - codes_.begin());
    const bool known = at < codes_.size() && codes_[at] == wanted;
    const held_key& held = known ? keys_[at] : nobodys_;

    // What is longer than a key is none, so that its beginning says enough and takes no longer than a key.
    const auto hashed = shown.substr(0, key_length);
    std::array<unsigned char, 32> digest{};
    // The digest needs no more than a little memory, so nothing else can be the matter.
    if (EVP_Digest(hashed.data(), hashed.size(), digest.data(), nullptr, sha256_.get(), nullptr) != 1)
        throw std::bad_alloc{};
    const bool equal = CRYPTO_memcmp(digest.data(), held.sha256.data(), digest.size()) == 0;

    if (prefix.empty()) return key_fault::malformed;
    if (!known) return key_fault::unknown;
    if (!equal || shown.size() != key_length) return key_fault::wrong;
    if (held.expires && now >= *held.expires) return key_fault::expired;
    return &held;
}

}  // namespace rollcall::gateway
