// Points in time as providers write them, turned into RFC 3339 UTC. Pure functions.
#pragma once

#include "normalizers/field_rule.hpp"

#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// Appends the instant that `text` names (RFC 3339, section 5.6, any offset) as `YYYY-MM-DDTHH:MM:SS[.fraction]Z`.
/// The fraction is kept digit for digit. False, and nothing appended: `text` is no such instant.
[[nodiscard]] bool append_utc(std::string& out, std::string_view text);

/// The same for a JSON number that counts seconds or milliseconds since 1970; `form` says which.
[[nodiscard]] bool append_utc_of_epoch(std::string& out, std::string_view number, time_form form);

}  // namespace rollcall::normalizers
