// Which credential a request shows: of all its fields the one text that says whose it is. Judging it is
// authenticators'.
#pragma once

#include "gateway/access/authenticator.hpp"

#include <string_view>
#include <variant>

namespace rollcall::gateway {

struct shown_credential {
    std::string_view text;  ///< empty: it is of a scheme other than Bearer, or nothing
    bool bearer = false;  ///< it was sent as `Authorization: Bearer …` (RFC 6750, section 2.1) and not as `x-api-key`

    /// Keys begin with their mark, and tokens cannot: they begin as `{` does in base64url.
    [[nodiscard]] bool may_be_token() const;
};

/// The credential, or `missing`, or `several`: two that differ, without a look at either. Nothing is taken from the
/// query.
[[nodiscard]] std::variant<shown_credential, unauthenticated> credential_of(const request& request);

}  // namespace rollcall::gateway
