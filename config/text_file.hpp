// Reading a small file whole: configurations, profiles, credentials.
#pragma once

#include <cstddef>
#include <string>

namespace rollcall::config {

struct text_file {
    std::string text;
    std::string problem;  ///< why it could not be read, without the file's name; empty if it could
};

/// Reads the file at `path`; one of more than `bytes_maximum` is a problem, as is a folder.
[[nodiscard]] text_file read_text_file(const std::string& path, std::size_t bytes_maximum);

/// `path` as seen from the folder of `file`, which names it; an absolute path stays.
[[nodiscard]] std::string resolved_against(const std::string& file, const std::string& path);

}  // namespace rollcall::config
