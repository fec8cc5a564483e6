// Reading the sample pages.
#include "bench/micro/samples.hpp"

#include "normalizers/structure.hpp"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

namespace rollcall::bench {

std::string page_named(std::string_view name) {
    const std::string path = ROLLCALL_SOURCE "/bench/micro/pages/" + std::string{name} + ".json";
    std::ifstream file{path, std::ios::binary};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    if (text.empty()) {
        std::cerr << path << ": cannot be read\n";
        std::exit(1);
    }
    text.reserve(text.size() + normalizers::text_padding);
    return text;
}

const normalizers::tests::dialect& dialect_of(std::string_view name) {
    using namespace normalizers::tests;
    if (name.starts_with("hyperrep")) return hyperrep();
    if (name.starts_with("heppu")) return heppu();
    return name.starts_with("converra") ? converra() : agenthuman();
}

}  // namespace rollcall::bench
