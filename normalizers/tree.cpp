// Many JSON pointers as one tree: building it.
#include "normalizers/tree.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <stdexcept>

namespace rollcall::normalizers {

node_index tree::reach(const json_pointer& pointer) {
    node_index current = 0;
    for (const std::string& key : pointer) {
        const auto& branches = nodes_[current].branches;
        const auto known = std::ranges::find(branches, key, &node::branch::key);
        if (known != branches.end()) {
            current = known->to;
            continue;
        }
        const auto made = static_cast<node_index>(nodes_.size());
        std::string token;
        append_json_string(token, key);
        nodes_[current].branches.push_back({key, token.substr(1), made});
        nodes_.emplace_back();
        current = made;
    }
    return current;
}

slot_index tree::slot_at(const json_pointer& pointer) {
    node& node = nodes_[reach(pointer)];
    if (!node.slot) {
        if (slots_ == slot_limit) throw std::length_error("a shape with more than 64 JSON pointers");
        node.slot = static_cast<slot_index>(slots_++);
    }
    return *node.slot;
}

}  // namespace rollcall::normalizers
