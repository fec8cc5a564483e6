// One run of the gateway's command line.
#include "tests/support/command.hpp"

#include "tests/support/process.hpp"

namespace rollcall::testing {

command_result run(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment) {
    process rollcall{ROLLCALL_BINARY, arguments, environment};
    command_result result;
    result.exit_code = rollcall.exit_code().value_or(-1);
    result.output = rollcall.output();
    result.errors = rollcall.errors();
    return result;
}

}  // namespace rollcall::testing
