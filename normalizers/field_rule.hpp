// How one field of a shape is found in a provider's JSON: the plain form of what a profile says.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rollcall::normalizers {

/// A JSON pointer (RFC 6901), taken apart and unescaped; empty: the whole value. Array indices are not followed.
using json_pointer = std::vector<std::string>;

/// How a provider writes a point in time.
enum class time_form : std::uint8_t {
    rfc3339,             ///< a string with any offset; fractions are kept
    epoch_seconds,       ///< a number, fractions allowed
    epoch_milliseconds,  ///< a number
};

struct field_rule;
/// The rules of a shape's fields by name; a field without a rule is null (or empty).
using field_rules = std::map<std::string, field_rule>;

struct field_rule {
    std::vector<json_pointer>
        from;  ///< the first that is there and not null counts (coalesce); of a record_list or text_list: the array
    std::optional<std::string> constant;        ///< the value whatever the provider says; excludes `from`
    std::map<std::string, std::string> values;  ///< theirs -> ours, for type and status
    bool to_string = false;                     ///< an integer is taken too, as its digits
    time_form time = time_form::rfc3339;
    field_rules fields;  ///< of a record (pointers from the item) or record_list (pointers from the element)

    bool operator==(const field_rule&) const = default;
};

}  // namespace rollcall::normalizers
