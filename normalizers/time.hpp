// Points in time as providers write them, turned into RFC 3339 UTC. Pure functions.
#pragma once

#include "normalizers/field_rule.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`; nothing that is written here is longer.
inline constexpr std::size_t longest_utc = 30;

/// Writes the instant that `text` names (RFC 3339, section 5.6, any offset) as `YYYY-MM-DDTHH:MM:SS[.fraction]Z` to
/// `out`. The fraction is kept digit for digit. Returns the place behind; null, and what stands at `out` then means
/// nothing: `text` is no such instant.
[[nodiscard]] char* write_utc(char* out, std::string_view text);

/// The same for a JSON number that counts seconds or milliseconds since 1970; `form` says which.
[[nodiscard]] char* write_utc_of_epoch(char* out, std::string_view number, time_form form);

/// These append to a string; false, and nothing is appended: it is no such instant.
[[nodiscard]] bool append_utc(std::string& out, std::string_view text);
[[nodiscard]] bool append_utc_of_epoch(std::string& out, std::string_view number, time_form form);

}  // namespace rollcall::normalizers
