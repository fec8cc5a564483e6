// What is written for one item: literal text and values in turn. Compiled once from the outputs of its shape.
#pragma once

#include "normalizers/name_table.hpp"
#include "normalizers/output.hpp"
#include "normalizers/padded_text.hpp"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace rollcall::normalizers {

/// Literal text, and the value that is written behind it. Whatever does not depend on the item (names, constants, the
/// provider, the nulls of fields that no rule reads) is in the literals: an agent of 22 fields takes 4 to 14 steps.
struct step {
    padded_text before;
    std::uint32_t marks = 0;  ///< how many fields begin in `before`
    normalizers::kind kind = kind::text;
    std::uint8_t field = 0;  ///< of the shape, for what is of a wrong type
    bool to_string = false;
    bool tags = false;            ///< its elements are kept apart for the tags filter
    bool always = false;          ///< it may be there though none of its sources is
    bool first_required = false;  ///< a record that is null where the value of its first step is
    bool any_constant = false;    ///< a record of which something is there always
    time_form time = time_form::rfc3339;
    bool has_source = false;               ///< all but records and subjects
    slot_index source = 0;                 ///< whose value it is
    std::vector<slot_index> more_sources;  ///< the first that is there counts where `source` is not
    std::uint64_t source_set = 0;          ///< of a record, the slots of all of its steps, a bit for each
    name_table theirs;                     ///< of a type or status
    std::vector<choice> ours;              ///< for each of theirs
    std::vector<step> steps;               ///< of a record
    padded_text after;                     ///< of a record, behind its steps
};

/// So many marks are read and written at once.
inline constexpr std::size_t mark_block = 8;

struct program {
    std::vector<step> steps;
    padded_text after;
    std::size_t fields = 0;
    /// For each field where it begins in the literal that it begins in; behind them as many more as are read at once.
    std::vector<std::uint32_t> marks;
    std::uint32_t marks_after = 0;         ///< how many of them begin in `after`
    std::optional<std::uint8_t> id_field;  ///< the item's own id, without which it is dropped
    std::optional<std::size_t> id;         ///< the step that has it; empty: no rule reads it
    choice type = no_choice;               ///< what they are unless a step says otherwise
    choice status = no_choice;
};

/// The program of an item: its members, each with a comma behind it. `provider` and `id_prefix` are those of the shape.
[[nodiscard]] program compile_members(std::span<const output> outputs, std::string_view provider,
                                      std::string_view id_prefix);

/// The program of an element of a list: an object.
[[nodiscard]] program compile_object(std::span<const output> outputs, std::string_view provider);

}  // namespace rollcall::normalizers
