// Pages as the simulated providers send them, and the dialects that they are written in.
#pragma once

#include "tests/normalizers/dialects.hpp"

#include <string>
#include <string_view>

namespace rollcall::bench {

/// The list answer in bench/micro/pages/NAME.json, such as `heppu-50`. Ends the program where there is none.
[[nodiscard]] std::string page_named(std::string_view name);

/// The dialect of a page of that name.
[[nodiscard]] const normalizers::tests::dialect& dialect_of(std::string_view name);

inline constexpr std::string_view page_names[] = {"hyperrep-13", "hyperrep-50", "heppu-13",      "heppu-50",
                                                  "converra-13", "converra-50", "agenthuman-13", "agenthuman-50"};

}  // namespace rollcall::bench
