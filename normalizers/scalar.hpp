// The smallest parts of JSON: is a token what it claims to be, and what does it say. Pure functions over bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// A JSON number by the grammar of RFC 8259, section 6.
[[nodiscard]] bool is_number(std::string_view token);

/// A whole number without fraction or exponent, such as an id; `-0` and leading zeros are none.
[[nodiscard]] bool is_integer(std::string_view token);

/// Checks the escapes of a string's inside (without its quotes) by RFC 8259, section 7. A lone surrogate is legal
/// there but no character, so it is overwritten with `\ufffd`, which has the same length. False: a broken escape.
[[nodiscard]] bool repair_escapes(char* inside, std::size_t size);

/// The inside of the JSON string that begins at `begin`, behind its quote. The closing quote must be there.
[[nodiscard]] std::string_view inside_from(const char* begin);

/// Appends what the inside of a JSON string says, in UTF-8. The escapes must have been repaired.
void append_unescaped(std::string& out, std::string_view inside);

/// Does the inside of a JSON string say `text`? It may hold escapes, which must have been repaired.
[[nodiscard]] bool says(std::string_view inside, std::string_view text);

}  // namespace rollcall::normalizers
