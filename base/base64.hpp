// Base64 (RFC 4648) over OpenSSL's, in the two alphabets that HTTP uses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall {

/// The standard alphabet with padding (section 4), as in HTTP Basic.
[[nodiscard]] std::string base64(std::string_view bytes);

/// The URL-safe alphabet without padding (section 5).
[[nodiscard]] std::string base64url(std::string_view bytes);

/// The bytes of which `text` is the one base64url form; empty: it is no base64url, or not the canonical form, in which
/// the unused bits of the last character are zero.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace rollcall
