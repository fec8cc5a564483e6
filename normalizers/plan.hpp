// What a profile says of reading, compiled once into flat plans, so that the hot path looks no name up in a map.
#pragma once

#include "normalizers/field_rule.hpp"
#include "normalizers/program.hpp"
#include "normalizers/schema.hpp"
#include "normalizers/tree.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::normalizers {

struct list_rewrite;

/// How one item is found and written.
struct shape {
    normalizers::tree tree;
    std::vector<output> outputs;
    normalizers::program program;  ///< what writes the outputs
    std::vector<list_rewrite> lists;
    std::string provider;                         ///< the configured name
    std::string id_prefix;                        ///< `"<provider>:`, with the opening quote
    choice_set possible_types = only(no_choice);  ///< what `type` can come to
    choice_set possible_statuses = only(no_choice);
    bool possible_tags = false;  ///< can `tags` hold anything
};

/// An array inside an item that is rewritten while it is passed.
struct list_rewrite {
    bool of_records = false;     ///< else of strings
    bool of_references = false;  ///< strings that become ids of other records
    shape element;
};

/// Where a provider's error bodies hold its code and its words.
struct error_pointers {
    std::vector<json_pointer> code;       ///< the first that holds a string or number
    std::vector<json_pointer> message;    ///< the first that holds a string
    std::optional<json_pointer> details;  ///< an object of texts: what is wrong with each member of a request's body

    bool operator==(const error_pointers&) const = default;
};

struct error_plan {
    normalizers::tree tree;
    std::vector<slot_index> code;
    std::vector<slot_index> message;
    std::optional<slot_index> details;
};

/// What a page of a list says besides its items.
struct list_pointers {
    json_pointer items;
    std::optional<json_pointer> success;
    std::optional<json_pointer> has_more;
    std::optional<json_pointer> next;
    std::optional<json_pointer> total;
    std::optional<json_pointer> total_pages;
};

struct list_plan {
    normalizers::tree document;
    std::optional<slot_index> success, has_more, next, total, total_pages;
    shape item;
    error_plan errors;
};

struct one_plan {
    shape item;  ///< its tree begins at the document's root
    std::optional<slot_index> success;
    slot_index source = 0;  ///< the item as the provider sent it
    bool open = false;      ///< it has no id: members that no rule reads may be passed on, under other names
    error_plan errors;
};

/// An answer that only says whether it worked.
struct acknowledgement_plan {
    normalizers::tree tree;
    std::optional<slot_index> success;  ///< empty: its status alone says so, and its body is not read
    error_plan errors;
};

/// `provider` is the configured name. An item of a schema without a field of kind id needs none. All throw
/// std::length_error where a shape has more than 64 pointers, and std::invalid_argument where two lists share an array
/// and are not both of texts or both of references.
[[nodiscard]] error_plan compile_errors(const error_pointers& pointers);
[[nodiscard]] list_plan compile_list(std::span<const field> schema, const field_rules& rules,
                                     const list_pointers& pointers, std::string_view provider, error_plan errors);
[[nodiscard]] one_plan compile_one(std::span<const field> schema, const field_rules& rules, const json_pointer& item,
                                   const std::optional<json_pointer>& success, std::string_view provider,
                                   error_plan errors);
[[nodiscard]] acknowledgement_plan compile_acknowledgement(const std::optional<json_pointer>& success,
                                                           error_plan errors);

}  // namespace rollcall::normalizers
