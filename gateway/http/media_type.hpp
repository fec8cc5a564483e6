// Reading Content-Type (RFC 9110, section 8.3): whether it names a media type that is taken.
#pragma once

#include <span>
#include <string_view>

namespace rollcall::gateway {

/// Does the value of a Content-Type field name one of `allowed` (lower case, such as `application/json`)? Case does not
/// count and parameters are overlooked, but a charset must be UTF-8, which JSON is. False where it is not well-formed.
[[nodiscard]] bool names_media_type(std::string_view content_type, std::span<const std::string_view> allowed);

}  // namespace rollcall::gateway
