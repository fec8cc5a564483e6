// A directory of a test's own, gone when the test is.
#pragma once

#include <filesystem>
#include <string_view>

namespace rollcall::testing {

class temporary_directory {
  public:
    temporary_directory();
    ~temporary_directory();
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    const std::filesystem::path& path() const { return path_; }
    /// Writes (or overwrites) a file in the directory and gives its path.
    std::filesystem::path write(std::string_view name, std::string_view text) const;

  private:
    std::filesystem::path path_;
};

}  // namespace rollcall::testing
