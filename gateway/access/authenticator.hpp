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
    malformed,              ///< what it shows is no key, and no token either
    unknown,                ///< no key begins as this one does
    wrong,                  ///< a key begins so, and goes on otherwise
    expired,                ///< the key or token was good once
    unknown_certificate,    ///< it shows a certificate that no client has, and no key
    ambiguous_certificate,  ///< likewise, one that several clients have
    unknown_issuer,         ///< it shows a token of somebody who is not configured
    unknown_key,            ///< …whose issuer has no such key
    bad_signature,          ///< …that its issuer's key did not sign
    wrong_audience,         ///< …that is for somebody else
    not_yet_valid,          ///< …whose time is still to come
    unknown_subject,        ///< …that names no client
    keys_unavailable,       ///< …whose issuer's keys are not there, or too old
};
inline constexpr std::string_view unauthenticated_names[] = {
    "missing",        "several",         "malformed",           "unknown",
    "wrong",          "expired",         "unknown_certificate", "ambiguous_certificate",
    "unknown_issuer", "unknown_key",     "bad_signature",       "wrong_audience",
    "not_yet_valid",  "unknown_subject", "keys_unavailable"};

struct identity {
    const gateway::client* client = nullptr;
    std::string_view key;  ///< what it was known by, fit to be logged; valid as long as the client
    bool reads = true;     ///< its credential leaves it to the client to read, where the client may
    bool writes = true;    ///< likewise, to write
};

/// One way of finding out. It does not change, and says itself where it is of one thread only.
class authenticator {
  public:
    virtual ~authenticator() = default;
    /// `missing`: there is nothing that this one looks at, so that another may be asked.
    [[nodiscard]] virtual std::variant<identity, unauthenticated> authenticate(const request& request,
                                                                               system_clock::time_point now) const = 0;
};

}  // namespace rollcall::gateway
