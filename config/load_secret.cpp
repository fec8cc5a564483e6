// Secrets that stand in files of their own: reading them is the same for all of them.
#include "config/load_secret.hpp"

#include "config/text_file.hpp"

namespace rollcall::config {
namespace {

constexpr std::size_t secret_file_maximum = 64 * 1024;

}  // namespace

bool read_secret_file(const yaml::value& value, const std::string& file, std::string& out) {
    std::string path;
    if (!value.text(path)) return false;
    auto read = read_text_file(resolved_against(file, path), secret_file_maximum);
    if (!read.problem.empty()) {
        value.fault("the file " + read.problem);
        return false;
    }
    while (read.text.ends_with('\n') || read.text.ends_with('\r'))
        read.text.pop_back();
    out = std::move(read.text);
    return true;
}

}  // namespace rollcall::config
