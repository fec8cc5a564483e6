// One pass over a document: every byte checked, every value that a tree asks for put into its slot.
// Included by the reader alone, because it brings simdjson with it.
#pragma once

#include "normalizers/page.hpp"
#include "normalizers/plan.hpp"
#include "normalizers/slot.hpp"

#include <simdjson.h>

#include <array>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// More objects and arrays within each other than this are somebody's attack on a recursive reader.
inline constexpr int deepest_nesting = 128;

inline constexpr std::string_view json_white_space = " \t\r\n";

/// Lists of records may stand within each other this deep (a sale's quote's products).
inline constexpr std::size_t deepest_lists = 3;

/// What the walk of one value looks for: a node of a tree, and where its slots and lists are. Without a tree it only
/// checks.
struct target {
    const normalizers::tree* tree = nullptr;
    node_index node = 0;
    normalizers::slots* slots = nullptr;
    const normalizers::shape* shape = nullptr;  ///< whose lists the nodes name; empty: none has one
    std::size_t list_depth = 0;

    [[nodiscard]] const normalizers::node* here() const { return tree == nullptr ? nullptr : &tree->at(node); }
};

/// Walks one document. `body` must stay where it is, with padding behind it, while the slots are used; `subject` is the
/// JSON that item_writer wants.
class walker {
  public:
    walker(simdjson::ondemand::parser& parser, std::array<std::string, deepest_lists + 1>& lists,
           std::string_view subject)
        : parser_(parser), lists_(lists), subject_(subject) {}

    /// Checks the whole of `body`, overwrites lone surrogates in it, and fills the slots that `target` asks for. The
    /// items of a node that has them go to `page` in `item`'s shape. False: it is no valid document; `why` says what is
    /// wrong, and `place` at which byte, counted from 1 (0: as a whole).
    [[nodiscard]] bool walk(std::string& body, const target& target, const shape* item, page& page);

    [[nodiscard]] std::string_view why() const { return why_; }
    [[nodiscard]] std::size_t place() const { return place_; }
    [[nodiscard]] bool found_items() const { return found_items_; }

  private:
    bool value(simdjson::ondemand::value& value, const target& target, int depth, slot& found);
    bool inside_of(simdjson::ondemand::value& value, const target& target, int depth, slot& found);
    bool object(simdjson::ondemand::object object, const target& target, int depth);
    bool array(simdjson::ondemand::array array, const target& target, int depth, slot& found);
    bool unread(simdjson::ondemand::array array, int depth);
    bool items(simdjson::ondemand::array array, int depth);
    bool list(simdjson::ondemand::array array, const target& target, const list_rewrite& list, int depth, slot& found);
    bool scalar(std::string_view raw, slot& found);
    bool key(simdjson::ondemand::raw_json_string raw, const target& parent, std::size_t& expected, target& child);
    bool repair(std::string_view inside);
    void forget_below(const target& target);
    void forget_items();
    bool fail(std::string_view why, const char* at = nullptr);
    bool fail(simdjson::error_code error);
    bool fail_before_structure(simdjson::error_code error);
    const char* next_token();

    simdjson::ondemand::parser& parser_;
    std::array<std::string, deepest_lists + 1>& lists_;  ///< the text of rewritten arrays, one for each depth
    std::string_view subject_;
    simdjson::ondemand::document document_;
    char* body_ = nullptr;
    const char* end_ = nullptr;
    const shape* item_ = nullptr;
    page* page_ = nullptr;
    slots item_slots_{};
    bool found_items_ = false;
    std::string why_;
    std::size_t place_ = 0;
};

}  // namespace rollcall::normalizers
