// Many JSON pointers as one tree, so that one pass over an object finds them all.
#pragma once

#include "normalizers/field_rule.hpp"
#include "normalizers/name_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::normalizers {

using slot_index = std::uint8_t;
using node_index = std::uint16_t;

/// One shape has at most this many pointers.
inline constexpr std::size_t slot_limit = 64;

struct node {
    name_table keys;                     ///< of the object that stands here
    std::vector<node_index> branches;    ///< where each of the keys leads
    std::uint64_t slots = 0;             ///< the slots of the node and of all below it, a bit for each
    std::optional<slot_index> slot{};    ///< where the value that stands here is put
    std::optional<std::uint8_t> list{};  ///< the array that stands here is rewritten by this list of the plan
    bool items = false;                  ///< the array that stands here holds the items of a page
    bool items_below = false;            ///< or one that stands below
};

/// Node 0 is the root. Two pointers that are equal share their node and their slot.
class tree {
  public:
    tree() : nodes_(1) {}

    /// The node at `pointer`, made where it is not there yet.
    node_index reach(const json_pointer& pointer);

    /// The slot of the node at `pointer`.
    slot_index slot_at(const json_pointer& pointer);

    /// Says that the array at `pointer` holds the items of a page.
    void put_items_at(const json_pointer& pointer);

    [[nodiscard]] const node& at(node_index index) const { return nodes_[index]; }
    [[nodiscard]] node& at(node_index index) { return nodes_[index]; }
    [[nodiscard]] std::size_t slots() const { return slots_; }

  private:
    /// The nodes on the way to `pointer`, made where they are not there yet: the root first, its own last.
    std::vector<node_index> way_to(const json_pointer& pointer);

    std::vector<node> nodes_;
    std::size_t slots_ = 0;
};

}  // namespace rollcall::normalizers
