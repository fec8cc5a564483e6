// The second opinion on JSON: Boost.JSON, which knows nothing of the normalizers.
#pragma once

#include <boost/json/value.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace rollcall::fuzz {

/// The value that `text` is by RFC 8259, nested at most `depth` deep; empty: it is none. Where a number is beyond its
/// range, the numbers' exponents are left out.
[[nodiscard]] std::optional<boost::json::value> strict_json(std::string_view text, std::size_t depth = 256);

/// Whether there is an escape of a surrogate in `text`: a lone one keeps to the grammar (RFC 8259, section 8.2), and
/// strict_json refuses it all the same.
[[nodiscard]] bool names_surrogate(std::string_view text);

/// Whether `text` is UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace rollcall::fuzz
