// Writing JSON as text into one growing string. Reading JSON is normalizers/.
#pragma once

#include <string>
#include <string_view>

namespace rollcall {

/// Appends `text` as a JSON string with its quotes. Each byte that is no part of a UTF-8 character becomes U+FFFD, so
/// the output is valid JSON for any input.
void append_json_string(std::string& out, std::string_view text);

/// Appends `,"name":` (without the comma when the last character of `out` opens an object).
void append_json_key(std::string& out, std::string_view name);

/// Appends `,"name":"text"` as append_json_key and append_json_string do.
void append_json_member(std::string& out, std::string_view name, std::string_view text);

/// Appends `,"name":token` where `token` is valid JSON already (a number, true, null, an object).
void append_json_raw_member(std::string& out, std::string_view name, std::string_view token);

}  // namespace rollcall
