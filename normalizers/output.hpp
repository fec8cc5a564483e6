// One field of a shape, as a profile's rules make it.
#pragma once

#include "normalizers/field_rule.hpp"
#include "normalizers/schema.hpp"
#include "normalizers/tree.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::normalizers {

/// A value of agent_types or agent_statuses by its place there.
using choice = std::uint8_t;
inline constexpr choice no_choice = 15;  ///< null

/// A set of choices, one bit for each; bit `no_choice` stands for null.
using choice_set = std::uint16_t;
[[nodiscard]] constexpr choice_set only(choice value) {
    return static_cast<choice_set>(1U << value);
}

/// Of agent_statuses: what a status that a profile does not know becomes.
inline constexpr choice unknown_status = 7;
static_assert(agent_statuses[unknown_status] == "unknown");

/// The place of `name` in agent_types or agent_statuses; empty: it is none.
[[nodiscard]] std::optional<choice> choice_of(std::span<const std::string_view> names, std::string_view name);

/// One field of a shape, ready to be written.
struct output {
    normalizers::kind kind = kind::text;
    std::string key;                  ///< `"name":`
    std::vector<slot_index> sources;  ///< the first that is there and not null counts
    std::string constant;             ///< a JSON token; empty: none
    choice constant_choice = no_choice;
    struct mapped {
        std::string theirs;
        choice ours = no_choice;
    };
    std::vector<mapped> choices;
    bool to_string = false;
    time_form time = time_form::rfc3339;
    std::vector<output> fields;  ///< of a record
    bool null_without_first = false;
    bool tags = false;  ///< its elements are kept apart for the tags filter
};

}  // namespace rollcall::normalizers
