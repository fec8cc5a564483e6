// `${NAME}` and `${NAME:-default}` in the configuration's scalars.
#pragma once

#include "config/yaml.hpp"

#include <string>
#include <string_view>

namespace rollcall::config {

/// Makes the braces of references that stand unquoted safe for the YAML parser, which would take them for a map where
/// they stand within one (`{value: ${KEY}}`). Byte for byte as long as before; `unmask_references` undoes it.
/// The text must be UTF-8.
[[nodiscard]] std::string mask_references(std::string_view text);

[[nodiscard]] std::string unmask_references(std::string_view text);

struct expansion {
    std::string text;
    std::string problem;  ///< what is wrong, naming the variable and never a value; empty if nothing is
};

/// Replaces each `${NAME}` by the variable's value, and `${NAME:-default}` by the default where the variable is not set
/// or is empty (as a shell does). `$${` stands for a literal `${`. What was put in is not expanded again.
[[nodiscard]] expansion expand_references(std::string_view text, const yaml::document::environment& variables);

}  // namespace rollcall::config
