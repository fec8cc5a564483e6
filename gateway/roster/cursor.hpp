// The client's cursor: where each provider's list goes on, packed, signed and bound to the filters.
#pragma once

#include "adapters/paging/trail.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

struct evp_mac_ctx_st;  // OpenSSL's EVP_MAC_CTX

namespace rollcall::gateway {

/// Where one provider's list goes on.
struct bookmark {
    bool ended = false;       ///< its last agent has been given
    std::string position{};   ///< of the page to go on with; for a list without paging, the native id given last
    std::uint32_t given = 0;  ///< items of that page that have been given already, those that the filters hid included
    adapters::trail trail{};  ///< the positions seen so far

    [[nodiscard]] bool at_beginning() const { return !ended && position.empty() && given == 0; }
};

/// The bookmarks of a walk by provider name; a provider that is not in it has not begun.
using bookmarks = std::map<std::string, bookmark, std::less<>>;

enum class cursor_error : std::uint8_t {
    malformed,      ///< not a cursor of this gateway, or tampered with
    other_filters,  ///< made under other filters
    expired,        ///< older than its life
};

/// Packs and unpacks cursors, on one thread: each has a copy of its own.
class cursor_codec {
  public:
    cursor_codec(const secret& key, std::chrono::seconds expiry);
    cursor_codec(const cursor_codec& other);
    cursor_codec& operator=(const cursor_codec&) = delete;
    ~cursor_codec() = default;

    /// `filters` is the text of the filters in a canonical form; the cursor can be used with the same only.
    [[nodiscard]] std::string pack(const bookmarks& bookmarks, std::string_view filters, system_clock::time_point now);
    [[nodiscard]] std::variant<bookmarks, cursor_error> unpack(std::string_view cursor, std::string_view filters,
                                                               system_clock::time_point now);

  private:
    [[nodiscard]] std::string signature_of(std::string_view bytes);
    /// Remembers the last: a request that unpacks a cursor packs the next one for the same filters.
    [[nodiscard]] std::string_view digest_of(std::string_view filters);

    std::unique_ptr<evp_mac_ctx_st, void (*)(evp_mac_ctx_st*)> signer_;  ///< knows the key
    std::chrono::seconds expiry_;
    std::string filters_{};  ///< the last
    std::string digest_{};   ///< of filters_; empty: of none yet
};

}  // namespace rollcall::gateway
