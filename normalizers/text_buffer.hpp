// Text that grows while it is written through a pointer, and memory that is kept for the next one.
#pragma once

#include "normalizers/structure.hpp"

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace rollcall::normalizers {

/// Copies `text` to `to` and returns the place behind it. It copies in pieces of 32 bytes: so many must be readable and
/// writable behind either end. Most texts of a page are no longer than that, and are so copied without a
/// call or a branch on their length.
inline char* copy_padded(char* to, std::string_view text) {
    constexpr std::size_t piece = 32;
    constexpr std::size_t worth_a_call = 512;
    const char* from = text.data();
    char* const end = to + text.size();
    if (text.size() >= worth_a_call) {
        std::memcpy(to, from, text.size());
        return end;
    }
    std::memcpy(to, from, piece);
    for (std::size_t done = piece; done < text.size(); done += piece)
        std::memcpy(to + done, from + done, piece);
    return end;
}

/// To write: `char* at = text.open()`, then `at = text.with_room(at, size)` before each piece, and `text.close(at)`.
class text_buffer {
  public:
    [[nodiscard]] char* open() { return begin_.get() + size_; }

    /// Where to go on writing from `at`, which may move: `size` bytes and text_padding can be written there.
    [[nodiscard]] char* with_room(char* at, std::size_t size) {
        if (static_cast<std::size_t>(begin_.get() + capacity_ - at) >= size + text_padding) [[likely]]
            return at;
        return grow(at, size);
    }

    void close(char* at) { size_ = static_cast<std::size_t>(at - begin_.get()); }

    void append(char c) {
        char* const at = with_room(open(), 1);
        *at = c;
        close(at + 1);
    }
    void append(std::string_view text) {
        char* const at = with_room(open(), text.size());
        text.copy(at, text.size());
        close(at + text.size());
    }
    /// Appends `text`, behind which text_padding must be readable.
    void append_padded(std::string_view text) { close(copy_padded(with_room(open(), text.size()), text)); }

    void clear() { size_ = 0; }
    void shrink(std::size_t size) { size_ = size; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    [[nodiscard]] std::string_view view() const { return {begin_.get(), size_}; }
    [[nodiscard]] char* at(std::size_t place) { return begin_.get() + place; }
    [[nodiscard]] std::size_t place_of(const char* at) const { return static_cast<std::size_t>(at - begin_.get()); }

  private:
    char* grow(char* at, std::size_t size);

    std::unique_ptr<char[]> begin_ = std::make_unique<char[]>(text_padding);
    std::size_t capacity_ = text_padding;
    std::size_t size_ = 0;
};

}  // namespace rollcall::normalizers
