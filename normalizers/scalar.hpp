// The smallest parts of JSON: is a token what it claims to be, and what does it say. Pure functions over bytes.
#pragma once

#include "normalizers/padded_text.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// The place behind the JSON number that begins at `at`, by the grammar of RFC 8259, section 6; null where none does. A
/// byte that no number holds must stand behind it.
[[nodiscard]] const char* behind_number(const char* at);

/// A whole number without fraction or exponent, such as an id; `-0` and leading zeros are none.
[[nodiscard]] bool is_integer(std::string_view token);

/// Checks the escapes of a string's inside (without its quotes) by RFC 8259, section 7. A lone surrogate is legal
/// there but no character, so it is overwritten with `\ufffd`, which has the same length. False: a broken escape.
[[nodiscard]] bool repair_escapes(char* inside, std::size_t size);

/// The inside of the JSON string that begins at `begin`, behind its quote. The closing quote must be there.
[[nodiscard]] std::string_view inside_from(const char* begin);

/// Appends what the inside of a JSON string says, in UTF-8. The escapes must have been repaired.
void append_unescaped(std::string& out, std::string_view inside);

/// What the inside of a JSON string says, in UTF-8. The escapes must have been repaired.
[[nodiscard]] padded_text unescaped(std::string_view inside);

}  // namespace rollcall::normalizers
