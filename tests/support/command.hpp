// One run of the gateway's command line, from its start to its end.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace rollcall::testing {

struct command_result {
    int exit_code = -1;  ///< -1: it did not end in time
    std::string output;
    std::string errors;
};

/// Runs `rollcall` with these arguments and waits for its end.
command_result run(const std::vector<std::string>& arguments,
                   const std::map<std::string, std::string>& environment = {});

}  // namespace rollcall::testing
