// How much an answer may come to. A body within its limit can hold millions of values of three bytes, each of which
// becomes a hundred; what is beyond these bounds is refused, so that neither memory nor time is the provider's choice.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace rollcall::normalizers {

/// Items of one answer, those included that have no id or that a later member of the same name replaces. Ten times as
/// many as a page is expected to have from a provider that does not page at all.
inline constexpr std::size_t most_items = 100'000;

/// Elements of one list inside an item, such as an agent's tools. No provider documents a limit, or shows more than a
/// few.
inline constexpr std::size_t most_elements = 10'000;

/// Bytes of an object whose members get other names (a status's metrics, or the whole of a record without an id, such
/// as insights): each name is held in memory until the object's end.
inline constexpr std::size_t largest_renamed_object = 1024 * 1024;

/// Bytes that may be written for an answer of `body_size` bytes: for its items, and as much again for the lists in
/// them. Four times what was sent leaves room for names that are longer than the provider's and values that stand in
/// two fields; the least holds most_items that say little but their id, and is the bound of any answer within the
/// default of `answer_bytes`. The places of a page are numbers of 32 bits, so the most leaves room for one more item
/// behind it.
[[nodiscard]] constexpr std::size_t most_written(std::size_t body_size) {
    constexpr std::size_t mebibyte = 1024 * 1024;
    constexpr std::size_t least = 64 * mebibyte;
    constexpr std::size_t most = 3072 * mebibyte;
    static_assert(most < UINT32_MAX);
    return std::clamp(4 * body_size, least, most);
}

/// An item or element of no more bytes is written before it is known what it comes to.
inline constexpr std::size_t small_value = 64 * 1024;

/// Bytes of memory that a reader keeps for the next answer. What a larger one took is given back.
inline constexpr std::size_t most_kept = 16 * 1024 * 1024;

}  // namespace rollcall::normalizers
