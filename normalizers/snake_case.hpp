// Names of members in snake_case, for objects of a provider that are passed on as a whole. Pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// `name` in snake_case: `avgResponseTime` and `AvgResponse-time` become `avg_response_time`; what is not ASCII stays.
[[nodiscard]] std::string snake_case(std::string_view name);

/// Appends the members `"name":value,…` of `object`, the text of a JSON object that a reader has checked, with the
/// names of all objects in it in snake_case, at any depth; values stay byte for byte. Of members of one object whose
/// names become equal the first stays. Members that come to be called as in `without` are left out, in the outermost
/// object only. Nothing is appended where none is left.
void append_members_in_snake_case(std::string& out, std::string_view object,
                                  std::span<const std::string_view> without = {});

}  // namespace rollcall::normalizers
