// Pages of finished items: order, tags and size.
#include "normalizers/page.hpp"

#include <algorithm>

namespace rollcall::normalizers {

bool page::has_tag(const item& item, std::string_view tag) const {
    const auto own = std::span{tags}.subspan(item.first_tag, item.tag_count);
    return std::ranges::any_of(own, [&](const slice& slice) { return slice.of(strings) == tag; });
}

std::size_t page::memory() const {
    return sizeof(page) + body.capacity() + text.capacity() + strings.capacity() + marks.capacity() * sizeof(marks[0]) +
           tags.capacity() * sizeof(slice) + items.capacity() * sizeof(item);
}

void page::order_by_native_id() {
    const auto id = [this](const item& item) { return native_id(item); };
    std::ranges::stable_sort(items, {}, id);
    const auto repeated = std::ranges::unique(items, {}, id);
    items.erase(repeated.begin(), repeated.end());
}

}  // namespace rollcall::normalizers
