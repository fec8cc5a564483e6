// Growing a text.
#include "normalizers/text_buffer.hpp"

#include <algorithm>

namespace rollcall::normalizers {

char* text_buffer::grow(char* at, std::size_t size) {
    const std::size_t written = place_of(at);
    capacity_ = std::max(2 * capacity_, written + size + text_padding);
    auto grown = std::make_unique_for_overwrite<char[]>(capacity_);
    std::memcpy(grown.get(), begin_.get(), written);
    begin_ = std::move(grown);
    return begin_.get() + written;
}

}  // namespace rollcall::normalizers
