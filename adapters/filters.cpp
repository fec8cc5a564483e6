// Applying a client's filters to finished items.
#include "adapters/filters.hpp"

#include <algorithm>

namespace rollcall::adapters {

bool filters::admits(const normalizers::page& page, const normalizers::item& item) const {
    if (types != 0 && (types & normalizers::only(item.type)) == 0) return false;
    if (statuses != 0 && (statuses & normalizers::only(item.status)) == 0) return false;
    return std::ranges::all_of(tags, [&](const std::string& tag) { return page.has_tag(item, tag); });
}

}  // namespace rollcall::adapters
