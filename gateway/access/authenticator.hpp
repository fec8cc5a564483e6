// Whose a request is. What they may do with it is gate's matter.
#pragma once

#include "base/clock.hpp"
#include "gateway/http/message.hpp"

#include <cstdint>
#include <string_view>
#include <variant>

namespace rollcall::gateway {

struct client;

/// Why it is not known whose a request is. Clients are told no more than `missing`, `several` or neither.
enum class unauthenticated : std::uint8_t {
    missing,                ///< it shows no credential
    several,                ///< it shows more than one
    malformed,              ///< what it shows is no key
    unknown,                ///< no key begins as this one does
    wrong,                  ///< a key begins so, and goes on otherwise
    expired,                ///< the key was good once
    unknown_certificate,    ///< it shows a certificate that no client has, and no key
    ambiguous_certificate,  ///< likewise, one that several clients have
};
inline constexpr std::string_view unauthenticated_names[] = {
    "missing", "several", "malformed", "unknown", "wrong", "expired", "unknown_certificate", "ambiguous_certificate"};

struct identity {
    const gateway::client* client = nullptr;
    std::string_view key;  ///< what it was known by, fit to be logged; valid as long as the client
};

/// One way of finding out. Immutable, and thread-safe by that.
class authenticator {
  public:
    virtual ~authenticator() = default;
    /// `missing`: there is nothing that this one looks at, so that another may be asked.
    [[nodiscard]] virtual std::variant<identity, unauthenticated> authenticate(const request& request,
                                                                               system_clock::time_point now) const = 0;
};

}  // namespace rollcall::gateway
