// Where text cannot be JSON whatever its structure: broken UTF-8, control characters, strings without an end.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace rollcall::normalizers {

struct text_fault {
    std::string_view why;
    std::size_t at = 0;  ///< the byte, from 0; of a string without an end, its opening quote
};

/// The first such place in `text`; empty: there is none.
[[nodiscard]] std::optional<text_fault> first_text_fault(std::string_view text);

}  // namespace rollcall::normalizers
