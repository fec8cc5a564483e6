// Percent-encoding in a request's target (RFC 3986, section 2.1).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// What a plus sign stands for: itself in a path, a space in a query as HTML forms write it.
enum class plus_sign : std::uint8_t { plus, space };

/// Replaces `out` by what `encoded` says, whatever bytes that may be; false where the encoding is broken.
[[nodiscard]] bool decode_percent(std::string_view encoded, plus_sign plus, std::string& out);

}  // namespace rollcall::gateway
