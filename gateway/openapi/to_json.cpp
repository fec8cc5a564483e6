// The program openapi-to-json, which only the build runs: turns openapi.yaml into the JSON that is built in.
#include "config/yaml_json.hpp"

#include <exception>
#include <fstream>
#include <iostream>
#include <iterator>
#include <stdexcept>

namespace {

using namespace rollcall;

std::string text_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string json_of(const std::string& path, const std::string& version) {
    const config::yaml::document::environment variables = [&](const std::string& name) -> std::optional<std::string> {
        if (name == "VERSION") return version;
        return std::nullopt;
    };
    std::vector<config::fault> faults;
    const config::yaml::document document(text_of(path), path, faults, &variables);
    std::string json = config::yaml::to_json(document.root());
    if (!faults.empty()) throw std::runtime_error(to_string(faults.front()));
    return json;
}

void write(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    if (!(file << text).flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        std::cerr << "openapi-to-json VERSION openapi.yaml openapi.json\n";
        return 2;
    }
    try {
        write(argv[3], json_of(argv[2], argv[1]));
    } catch (const std::exception& error) {
        std::cerr << "openapi-to-json: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
