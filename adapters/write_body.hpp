// What a provider is told by create and update: our fields put where its profile writes them, and its complaints in our
// names. Pure.
#pragma once

#include "adapters/profile/profile.hpp"

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using write_rules = std::map<std::string, write_rule, std::less<>>;

/// What is to be written: names of writable_fields, each with the JSON of its value.
using written_fields = std::vector<std::pair<std::string_view, std::string>>;

/// The JSON body that says `fields`, all of which have rules.
[[nodiscard]] std::string write_body(const write_rules& rules, const written_fields& fields);

/// The name in `rules` of what a provider calls `member`: all the parts of where it is written, with dots or slashes
/// between them, or else the last part where it is that of one field only. Empty: none.
[[nodiscard]] std::string_view field_written_to(const write_rules& rules, std::string_view member);

}  // namespace rollcall::adapters
