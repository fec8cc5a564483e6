// Reading a small file whole: configurations, profiles, credentials.
#include "config/text_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace rollcall::config {

text_file read_text_file(const std::string& path, std::size_t bytes_maximum) {
    text_file result;
    // C's streams, because C++'s do not say why an opening or a reading failed.
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::fopen(path.c_str(), "rb"), &std::fclose};
    if (!file) return {{}, "cannot be opened: " + std::generic_category().message(errno)};
    std::array<char, 16 * 1024> block;
    while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get())) {
        result.text.append(block.data(), count);
        if (result.text.size() > bytes_maximum) return {{}, fmt::format("is larger than {} bytes", bytes_maximum)};
    }
    if (std::ferror(file.get()) != 0) return {{}, "cannot be read: " + std::generic_category().message(errno)};
    return result;
}

std::string resolved_against(const std::string& file, const std::string& path) {
    return (std::filesystem::path{file}.parent_path() / path).lexically_normal().string();
}

}  // namespace rollcall::config
