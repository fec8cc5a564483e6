// Keeping verified tokens.
#include "gateway/access/token_cache.hpp"

#include <algorithm>
#include <new>
#include <span>
#include <stdexcept>

namespace rollcall::gateway {

token_cache::token_cache() : sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {
    if (!sha256_) throw std::runtime_error("OpenSSL has no SHA-256");
}

token_digest token_cache::digest_of(std::string_view token) const {
    token_digest digest{};
    // The digest needs no more than a little memory, so nothing else can be the matter.
    if (EVP_Digest(token.data(), token.size(), digest.data(), nullptr, sha256_.get(), nullptr) != 1)
        throw std::bad_alloc{};
    return digest;
}

token_cache::kept* token_cache::set_of(const token_digest& digest) {
    static_assert(sets == 256, "a set for each value of the digest's first byte");
    return &kept_[digest.front() * ways];
}

const verified_token* token_cache::find(const token_digest& digest) {
    for (kept& place : std::span{set_of(digest), ways}) {
        if (place.used == 0 || place.digest != digest) continue;
        place.used = ++uses_;
        return &place.token;
    }
    return nullptr;
}

void token_cache::put(const token_digest& digest, const verified_token& token) {
    const std::span set{set_of(digest), ways};
    auto place = std::ranges::find_if(set, [&](const kept& kept) { return kept.used != 0 && kept.digest == digest; });
    if (place == set.end()) place = std::ranges::min_element(set, {}, &kept::used);
    *place = {digest, ++uses_, token};
}

}  // namespace rollcall::gateway
