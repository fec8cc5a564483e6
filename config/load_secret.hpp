// Secrets that stand in files of their own. What may stand in them is for their readers to judge.
#pragma once

#include "config/yaml.hpp"

#include <string>

namespace rollcall::config {

/// Reads the file whose path `value` is, as seen from the folder of `file`, without the line breaks at its end. Returns
/// false, and leaves `out` alone, where the value is absent (no fault) or its file cannot be read (one fault).
bool read_secret_file(const yaml::value& value, const std::string& file, std::string& out);

}  // namespace rollcall::config
