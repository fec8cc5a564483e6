// One value of a provider's JSON, found and checked, waiting to be written.
#pragma once

#include "normalizers/tree.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace rollcall::normalizers {

enum class token : std::uint8_t { missing, null, boolean, number, text, object, array };

struct slot {
    token kind = token::missing;
    bool rewritten = false;   ///< an array that a list has rewritten into the text between `begin` and `end`
    std::uint32_t begin = 0;  ///< in the text of its lists
    std::uint32_t end = 0;
    std::uint32_t wrong_elements = 0;  ///< of it, values that were not of the type that the shape says
    std::string_view raw;              ///< the checked bytes, in the provider's body; a text with its quotes

    /// A text without its quotes, escapes as they were sent.
    [[nodiscard]] std::string_view inside() const { return raw.substr(1, raw.size() - 2); }
    [[nodiscard]] bool there() const { return kind != token::missing && kind != token::null; }
};

using slots = std::array<slot, slot_limit>;

}  // namespace rollcall::normalizers
