// What reading one answer gives: finished items as slices of text, and what the answer says of its list.
#pragma once

#include "normalizers/plan.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::normalizers {

/// A part of one of a page's texts, by place, so that a page can be moved.
struct slice {
    std::uint32_t at = 0;
    std::uint32_t size = 0;

    [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(at, size); }
};

struct item {
    slice native_id;               ///< unescaped, in `strings`
    slice source;                  ///< the provider's own object, in `body`
    std::uint32_t first_mark = 0;  ///< in `marks`, where its first field begins
    std::uint32_t first_tag = 0;   ///< in `tags`
    std::uint32_t tag_count = 0;
    choice type = no_choice;
    choice status = no_choice;
};

/// One answer, read. Immutable once it has been published; pages are shared between threads.
struct page {
    std::string body;     ///< what the provider sent
    std::string text;     ///< the members of all items, each with a comma behind it: `"id":"…","provider":"…",`
    std::string strings;  ///< native ids and tags, unescaped
    std::vector<std::uint32_t> marks;  ///< for each item where each field begins in `text`, and the end of its last
    std::vector<slice> tags;           ///< in `strings`
    std::vector<item> items;
    std::uint32_t received = 0;  ///< items that the provider sent, those that were dropped included
    std::optional<bool> has_more;
    std::optional<std::uint64_t> total;
    std::optional<std::uint64_t> total_pages;
    std::string next;                          ///< the next page's token; empty: none
    std::vector<std::uint32_t> schema_faults;  ///< for each field of the shape, how many values were of a wrong type

    [[nodiscard]] std::string_view native_id(const item& item) const { return item.native_id.of(strings); }

    /// The members `"name":value` of the shape's fields [from, to), with commas between them.
    [[nodiscard]] std::string_view members(const item& item, std::size_t from, std::size_t to) const {
        const std::uint32_t begin = marks[item.first_mark + from];
        const std::uint32_t end = marks[item.first_mark + to] - 1;
        return std::string_view{text}.substr(begin, end - begin);
    }

    [[nodiscard]] bool has_tag(const item& item, std::string_view tag) const;

    /// Bytes of memory that it holds, for the cache's bound.
    [[nodiscard]] std::size_t memory() const;

    /// Puts the items in the order of their native ids and drops any whose id is there already, for lists whose own
    /// order does not hold still.
    void order_by_native_id();
};

}  // namespace rollcall::normalizers
