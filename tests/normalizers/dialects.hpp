// The four providers' dialects as plans, with the answers that their documentation shows. The shipped profiles say the
// same in YAML; these are written apart from them, after the contract's table.
#pragma once

#include "normalizers/plan.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::normalizers::tests {

struct dialect {
    std::string_view provider;  ///< the configured name
    field_rules rules;          ///< of the Agent
    list_pointers list;
    json_pointer one_at;  ///< where an answer of one agent holds it
    error_pointers errors;
    std::string_view list_example;  ///< the documentation's own
    std::string_view one_example;   ///< the same for one agent; empty: not documented

    [[nodiscard]] list_plan plan_of_list() const;
    [[nodiscard]] one_plan plan_of_one() const;

    /// A list answer of the items `items`, JSON with commas between them, and the same for one agent.
    [[nodiscard]] std::string list_of(std::string_view items) const;
    [[nodiscard]] std::string one_of(std::string_view item) const;
};

/// "/data/agents" as a pointer; "" is the whole value. Escapes of RFC 6901 are not needed here.
[[nodiscard]] json_pointer pointer(std::string_view text);

/// Rules as profiles write them: a pointer, a pointer where a number is taken too, a constant, a pointer with values
/// that are called the same there and here, an object, and a list of objects.
[[nodiscard]] field_rule from(std::string_view text);
[[nodiscard]] field_rule id_from(std::string_view text);
[[nodiscard]] field_rule constant(std::string_view text);
[[nodiscard]] field_rule choices(std::string_view text, std::initializer_list<std::string> same);
[[nodiscard]] field_rule one_record(field_rules fields);
[[nodiscard]] field_rule records(std::string_view text, field_rules fields);

[[nodiscard]] const dialect& hyperrep();
[[nodiscard]] const dialect& heppu();
[[nodiscard]] const dialect& converra();
[[nodiscard]] const dialect& agenthuman();
[[nodiscard]] std::span<const dialect* const> all_dialects();

}  // namespace rollcall::normalizers::tests
