// What the command line asks for.
#pragma once

#include "tests/simulator/server.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::simulator {

/// One --provider.
struct provider_settings {
    std::string kind;
    std::string name;  // of its control paths and its listening line: the kind, unless it says @NAME
    std::size_t agents = 50;
    std::uint16_t port = 0;  // 0: any that is free
    std::string key;
    std::optional<tls_files> tls;
};

struct settings {
    std::vector<provider_settings> providers;
    std::uint64_t seed = 1;
    std::string listen = "127.0.0.1";
    std::optional<std::uint16_t> control;
    int threads = 1;
    std::string port_file;  // empty: none
};

/// Reads KIND[@NAME][:key=value[,key=value…]]. Throws std::invalid_argument that says what is wrong.
provider_settings read_provider(std::string_view text);

/// The four providers at fixed ports, for a demonstration.
settings demo_settings();

/// Reads the command line. On `--help` and on mistakes it prints, and returns the exit code instead of settings.
struct command_line {
    std::optional<int> exit_code;
    settings chosen;
};
command_line read_command_line(int argc, char** argv);

}  // namespace rollcall::simulator
