// JSON pointers as a profile writes them: `/data/agents`.
#pragma once

#include "config/yaml.hpp"
#include "normalizers/field_rule.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace rollcall::adapters {

/// Takes a JSON pointer apart and unescapes it (RFC 6901: `~0` is `~`, `~1` is `/`); empty: it is none.
[[nodiscard]] std::optional<normalizers::json_pointer> parse_pointer(std::string_view text);

/// Whether `""`, the whole value, makes sense where a pointer stands.
enum class whole_value : bool { refused, allowed };

/// Reads one pointer; false, with a fault unless `value` is absent, if it is none.
bool read_pointer(const config::yaml::value& value, whole_value whole, normalizers::json_pointer& out);

/// The same where the key may be left out.
void read_pointer(const config::yaml::value& value, std::optional<normalizers::json_pointer>& out);

/// Reads one pointer or a list of at least one, to be tried in order.
void read_pointers(const config::yaml::value& value, whole_value whole, std::vector<normalizers::json_pointer>& out);

}  // namespace rollcall::adapters
