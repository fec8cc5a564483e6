// The keys of session tickets, with which a client that comes back is spared the whole handshake. They belong to the
// process and not to a certificate, so that neither another thread nor a new certificate makes a ticket worthless.
#pragma once

#include "base/clock.hpp"

#include <array>
#include <mutex>
#include <optional>

namespace rollcall::gateway {

/// One key: AES-256-CBC and HMAC-SHA256 under a name (RFC 5077, section 4).
struct ticket_key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{};
    std::array<unsigned char, 32> mac{};

    ticket_key() = default;
    ticket_key(const ticket_key&) = default;
    ticket_key& operator=(const ticket_key&) = default;
    ~ticket_key();  ///< leaves nothing of it in memory
};

/// Thread-safe. A key seals for `lifetime` and opens for as long again; then nothing that it sealed can be read by
/// anyone, which is what forward secrecy asks for.
class ticket_keys {
  public:
    static constexpr std::chrono::hours lifetime{1};

    /// The key that seals now. Empty where the system gives no random bytes.
    [[nodiscard]] std::optional<ticket_key> sealing(steady_clock::time_point now);

    struct found {
        ticket_key key;
        bool former = false;  ///< it seals no more: its ticket should be replaced
    };
    /// The key of that name, while it opens.
    [[nodiscard]] std::optional<found> opening(const std::array<unsigned char, 16>& name, steady_clock::time_point now);

  private:
    struct dated {
        ticket_key key;
        steady_clock::time_point made{};
    };
    void turn(steady_clock::time_point now);

    std::mutex mutex_;
    std::optional<dated> current_;
    std::optional<dated> former_;
};

}  // namespace rollcall::gateway
