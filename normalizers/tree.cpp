// Many JSON pointers as one tree: building it.
#include "normalizers/tree.hpp"

#include "normalizers/padded_text.hpp"

#include <stdexcept>

namespace rollcall::normalizers {

std::vector<node_index> tree::way_to(const json_pointer& pointer) {
    std::vector<node_index> way{0};
    for (const std::string& key : pointer) {
        const node_index current = way.back();
        if (const std::uint16_t known = nodes_[current].keys.find(padded_text{key}.view()); known != name_table::none) {
            way.push_back(nodes_[current].branches[known]);
            continue;
        }
        const auto made = static_cast<node_index>(nodes_.size());
        nodes_[current].keys.add(key);
        nodes_[current].branches.push_back(made);
        nodes_.emplace_back();
        way.push_back(made);
    }
    return way;
}

node_index tree::reach(const json_pointer& pointer) {
    return way_to(pointer).back();
}

slot_index tree::slot_at(const json_pointer& pointer) {
    const auto way = way_to(pointer);
    node& node = nodes_[way.back()];
    if (!node.slot) {
        if (slots_ == slot_limit) throw std::length_error("a shape with more than 64 JSON pointers");
        node.slot = static_cast<slot_index>(slots_++);
        for (const node_index passed : way)
            nodes_[passed].slots |= std::uint64_t{1} << *node.slot;
    }
    return *node.slot;
}

void tree::put_items_at(const json_pointer& pointer) {
    const auto way = way_to(pointer);
    for (const node_index passed : way)
        nodes_[passed].items_below = true;
    nodes_[way.back()].items = true;
}

}  // namespace rollcall::normalizers
