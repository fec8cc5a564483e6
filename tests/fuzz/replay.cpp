// Runs every file of the corpus through its target, for builds without libFuzzer. A target without files, and a folder
// without a target, is a failure: nothing would be shown.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#define FUZZ_TARGET(name) extern "C" int fuzz_##name(const std::uint8_t* bytes, std::size_t size);
#include "fuzz_targets.inc"
#undef FUZZ_TARGET

namespace {

namespace fs = std::filesystem;

struct target {
    std::string_view name;
    int (*run)(const std::uint8_t* bytes, std::size_t size);
};

constexpr target targets[] = {
#define FUZZ_TARGET(name) {#name, fuzz_##name},
#include "fuzz_targets.inc"
#undef FUZZ_TARGET
};

/// Its name is printed first, because what goes wrong ends the program.
void replay(const target& target, const fs::path& path) {
    std::printf("%s\n", path.c_str());
    std::fflush(stdout);
    std::ifstream file{path, std::ios::binary};
    const std::vector<char> bytes{std::istreambuf_iterator<char>{file}, {}};
    target.run(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
}

std::set<fs::path> entries_of(const fs::path& folder) {
    if (!fs::is_directory(folder)) return {};
    const fs::directory_iterator all{folder};
    return {begin(all), end(all)};
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::fprintf(stderr, "usage: fuzz-replay CORPUS\n");
        return 2;
    }
    std::set<fs::path> folders = entries_of(arguments[1]);
    std::size_t files = 0;
    int failures = 0;
    for (const target& target : targets) {
        const fs::path folder = fs::path{arguments[1]} / target.name;
        const auto inputs = entries_of(folder);
        folders.erase(folder);
        for (const auto& input : inputs)
            replay(target, input);
        files += inputs.size();
        if (!inputs.empty()) continue;
        std::fprintf(stderr, "%s holds no inputs\n", folder.c_str());
        ++failures;
    }
    for (const auto& folder : folders) {
        std::fprintf(stderr, "%s belongs to no target\n", folder.c_str());
        ++failures;
    }
    std::printf("%zu inputs of %zu targets\n", files, std::size(targets));
    return failures == 0 ? 0 : 1;
}
