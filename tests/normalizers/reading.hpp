// What the tests of the reader share: the items of a page as JSON values, and its faults by field name.
#pragma once

#include "normalizers/read.hpp"
#include "tests/normalizers/dialects.hpp"

#include <boost/json.hpp>

#include <map>
#include <ostream>
#include <string>
#include <string_view>

namespace rollcall::normalizers::tests {

/// A list of the dialect that must be readable.
[[nodiscard]] page read_sound_list(const dialect& dialect, std::string_view body);

/// The same for a list of the items `items`, JSON with commas between them.
[[nodiscard]] page read_items(const dialect& dialect, std::string_view items);

/// All members of an item as text.
[[nodiscard]] std::string text_of(const page& page, const item& item);

/// An item as a value; it must be strictly valid JSON.
[[nodiscard]] boost::json::object agent_of(const page& page, std::size_t place = 0);

/// The fields of the Agent that have faults, with their number.
[[nodiscard]] std::map<std::string, unsigned> faults_of(const page& page);

}  // namespace rollcall::normalizers::tests
