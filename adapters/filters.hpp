// What a client filters agents by, in the gateway's own terms.
#pragma once

#include "normalizers/page.hpp"

#include <string>
#include <vector>

namespace rollcall::adapters {

struct filters {
    normalizers::choice_set types = 0;     ///< any of these; 0: all
    normalizers::choice_set statuses = 0;  ///< any of these; 0: all
    std::vector<std::string> tags{};       ///< an agent must have all; sorted, each once

    [[nodiscard]] bool any() const { return types != 0 || statuses != 0 || !tags.empty(); }
    [[nodiscard]] bool admits(const normalizers::page& page, const normalizers::item& item) const;
};

}  // namespace rollcall::adapters
