// The hashes of all clients' keys, and finding whose a key is without telling by the time it takes how near it came.
#pragma once

#include "base/clock.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::gateway {

struct client;

/// Why a key opens nothing.
enum class key_fault : std::uint8_t {
    malformed,  ///< it does not begin as keys do
    unknown,    ///< no key begins so
    wrong,      ///< one does, and goes on otherwise
    expired,
};

struct held_key {
    std::string prefix;  ///< as config::is_key_prefix wants it; no other key of the ring has it
    std::array<unsigned char, 32> sha256{};
    std::optional<system_clock::time_point> expires;  ///< refused from then on
    const client* owner = nullptr;
};

/// Immutable. However many keys it holds and whatever is shown, one hash is made and one compared, in constant time.
class key_ring {
  public:
    /// Throws std::runtime_error where OpenSSL has no SHA-256.
    explicit key_ring(std::vector<held_key> keys);

    /// The key of the ring that `shown` is; valid as long as the ring.
    [[nodiscard]] std::variant<const held_key*, key_fault> find(std::string_view shown,
                                                                system_clock::time_point now) const;

  private:
    /// The ten letters of a prefix as a number.
    using code = std::uint64_t;
    static code code_of(std::string_view prefix);

    struct md_deleter {
        void operator()(EVP_MD* md) const { EVP_MD_free(md); }
    };

    std::unique_ptr<EVP_MD, md_deleter> sha256_;  ///< held, because fetching it takes longer than hashing
    std::vector<held_key> keys_;                  ///< by code
    std::vector<code> codes_;                     ///< of the key at the same place
    held_key nobodys_;                            ///< what is compared where no key begins so
};

}  // namespace rollcall::gateway
