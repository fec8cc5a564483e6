// One member of a JSON object that was sent to us, checked, with its value as it was written.
#pragma once

#include "normalizers/slot.hpp"

#include <string>

namespace rollcall::normalizers {

struct member {
    std::string name;  ///< unescaped
    token kind = token::null;
    bool of_texts = false;  ///< an array whose elements are all strings
    std::string raw;        ///< the value's JSON
};

}  // namespace rollcall::normalizers
