// Filling a name table, when a profile is compiled.
#include "normalizers/name_table.hpp"

#include <stdexcept>

namespace rollcall::normalizers {

void name_table::add(std::string_view name) {
    if (entries_.size() == none) throw std::length_error("too many names in one table");
    entry made;
    made.name = name;
    made.name.reserve(name.size() + sizeof made.head);
    made.head = head_of(made.name);
    if (name.size() >= sizeof made.tail) made.tail = word_at(made.name.data() + name.size() - sizeof made.tail);
    std::uint16_t& first = first_[place_of(made.head, name.size())];
    made.next = first;
    first = static_cast<std::uint16_t>(entries_.size());
    entries_.push_back(std::move(made));
}

}  // namespace rollcall::normalizers
