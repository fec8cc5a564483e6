// One pass over a document: every byte checked, every value that a tree asks for put into its slot.
#pragma once

#include "normalizers/draft.hpp"
#include "normalizers/plan.hpp"
#include "normalizers/slot.hpp"
#include "normalizers/structure.hpp"
#include "normalizers/text_buffer.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

class item_writer;

/// More objects and arrays within each other than this are somebody's attack on a recursive reader.
inline constexpr int deepest_nesting = 128;

inline constexpr std::string_view json_white_space = " \t\r\n";

/// Lists of records may stand within each other this deep (a sale's quote's products).
inline constexpr std::size_t deepest_lists = 3;

/// What is filled while a document is walked, kept from one to the next because it is large.
struct workspace {
    normalizers::structure structure;
    slots document;
    slots item;
    std::array<slots, deepest_lists> elements;         ///< of the lists that are walked, one for each depth
    std::array<text_buffer, deepest_lists + 1> lists;  ///< the text of rewritten arrays, one for each depth
    normalizers::draft draft;                          ///< of the page

    /// Bytes of memory that it holds, as far as an answer decides on them.
    [[nodiscard]] std::size_t memory() const;
};

/// What the walk of one value looks for: the tree that its node belongs to, and where its slots and lists are.
struct search {
    const normalizers::tree* tree = nullptr;
    normalizers::slots* slots = nullptr;
    const normalizers::shape* shape = nullptr;  ///< whose lists the nodes name; empty: none has one
    std::size_t list_depth = 0;

    [[nodiscard]] const node* root() const { return tree == nullptr ? nullptr : &tree->at(0); }
};

/// What a document has more of than it may; see bounds.hpp.
enum class excess : std::uint8_t { none, items, elements, bytes };

/// A token, by where its own place in the text stands.
using token_place = const std::uint32_t*;

/// Walks one document. `body` must stay where it is, with text_padding behind it, while the slots are used; `subject`
/// is the JSON that item_writer wants.
///
/// simdjson has found the tokens and checked UTF-8, control characters and quotes; the walk checks the rest of RFC
/// 8259: that tokens stand where they may, what numbers, literals and escapes are made of, and how deep it goes.
class walker {
  public:
    walker(workspace& space, std::string_view subject) : space_(space), subject_(subject) {}

    /// Checks the whole of `body`, overwrites lone surrogates in it, and fills the slots that `wanted` asks for. The
    /// items of a node that has them go to the draft in `item`'s shape. False: it holds too much, as `beyond` says, or
    /// is no valid document; `why` says what is wrong, and `place` at which byte, counted from 1 (0: as a whole).
    [[nodiscard]] bool walk(std::string& body, const search& wanted, const shape* item);

    [[nodiscard]] excess beyond() const { return beyond_; }
    [[nodiscard]] std::string_view why() const { return why_; }
    [[nodiscard]] std::size_t place() const { return place_; }
    [[nodiscard]] bool found_items() const { return found_items_; }

  private:
    // Each takes the place of the token where a value begins and returns that of the token behind it; null: `fail` has
    // been told why not. The place goes from hand to hand because a member for it would be stored and loaded again for
    // each token.
    token_place value(token_place at, const node* node, const search& wanted, int depth);
    token_place read(token_place at, const node* node, const search& wanted, int depth, slot& found);
    token_place object(token_place at, const node* node, const search& wanted, int depth);
    token_place array(token_place at, const node* node, const search& wanted, int depth, slot& found);
    template<typename Read>
    token_place elements(token_place at, Read read);
    token_place items(token_place at, int depth);
    token_place list(token_place at, const search& wanted, const list_rewrite& list, int depth, slot& found);
    token_place scalar(token_place at, slot& found);

    [[nodiscard]] bool has_room(std::size_t written, const item_writer& writer, std::string_view source) const;
    token_place refuse(excess beyond);
    token_place refuse(std::string_view why, const char* at);
    token_place misplaced(const char* at);
    token_place unended(const char* value, const char* next);
    bool fail(std::string_view why, const char* at = nullptr);
    bool fail_structure(std::string_view why);
    bool check_escapes(const char* begin, const char* end);
    void forget_items();
    [[nodiscard]] std::string_view without_trailing_space() const;

    workspace& space_;
    std::string_view subject_;
    char* body_ = nullptr;
    const char* end_ = nullptr;
    const char* next_backslash_ = nullptr;  ///< the first that has not been checked; the end where there is none
    const shape* item_ = nullptr;
    slot spare_;  ///< for values that nobody asks for
    bool found_items_ = false;
    std::size_t items_read_ = 0;
    std::size_t lists_written_ = 0;  ///< bytes of rewritten arrays, those included that have been dropped
    std::size_t most_written_ = 0;   ///< for the items, and for the lists
    excess beyond_ = excess::none;
    std::string_view why_;
    std::size_t place_ = 0;
};

}  // namespace rollcall::normalizers
