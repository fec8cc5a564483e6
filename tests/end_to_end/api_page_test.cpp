// docs/api.md: its programs are those of docs/examples, and they do what the page says.
#include "tests/end_to_end/openapi_calls.hpp"
#include "tests/support/temporary_file.hpp"

#include <boost/json/parse.hpp>
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace {

using namespace rollcall::testing;
namespace fs = std::filesystem;

const fs::path docs = fs::path{ROLLCALL_SOURCE} / "docs";
constexpr std::string_view documented_base = "http://localhost:8080";

std::string text_of(const fs::path& file) {
    std::stringstream text;
    text << std::ifstream{file}.rdbuf();
    return std::move(text).str();
}

/// Whether the command ends well; what it says is dropped.
bool succeeds(const std::string& command) {
    return std::system(("(" + command + ") >/dev/null 2>&1").c_str()) == 0;
}

/// A program of docs/examples against a gateway, by `interpreter`; `name` is that of the copy that is run.
class example_program {
  public:
    example_program(const gateway& gateway, const std::string& source, const std::string& interpreter,
                    const std::string& name) {
        std::string text = text_of(docs / "examples" / source);
        const auto at = text.find(documented_base);
        REQUIRE(at != std::string::npos);
        text.replace(at, documented_base.size(), "http://127.0.0.1:" + std::to_string(gateway.public_port()));
        const fs::path program = directory_.write(name, text);
        process run{"/usr/bin/env", {interpreter, program.string()}};
        code = run.exit_code(std::chrono::seconds{60});
        output = run.output();
        errors = run.errors();
    }

    std::optional<int> code;
    std::string output;
    std::string errors;

  private:
    temporary_directory directory_;
};

void check_walk(const std::string& source, const std::string& interpreter, const std::string& name) {
    const demo_deployment deployment;
    const example_program program{deployment.gateway, source, interpreter, name};
    CAPTURE(program.errors);
    REQUIRE(program.code == 0);
    std::istringstream lines{program.output};
    std::multiset<std::string> printed;
    for (std::string line; std::getline(lines, line);)
        printed.insert(line);
    std::multiset<std::string> expected;
    for (const auto& [id, times] : walk(deployment.gateway, "limit=100").times)
        expected.insert(id);
    CHECK(printed == expected);
}

/// Tells where a program cannot be run here.
bool is_there(const std::string& check, const std::string& program) {
    if (succeeds(check)) return true;
    MESSAGE("not run, because its interpreter is missing: " << program);
    return false;
}

}  // namespace

TEST_CASE("the page about the API shows the example programs as they are") {
    const std::string page = text_of(docs / "api.md");
    std::size_t programs = 0;
    for (const auto& entry : fs::directory_iterator{docs / "examples"}) {
        CAPTURE(entry.path().string());
        CHECK(page.find("\n" + text_of(entry.path()) + "```\n") != std::string::npos);
        ++programs;
    }
    CHECK(programs == 4);
}

TEST_CASE("the walk with curl prints every agent") {
    if (is_there("curl --version && jq --version && bash --version", "walk.sh"))
        check_walk("walk.sh", "bash", "walk.sh");
}

TEST_CASE("the walk in Python prints every agent") {
    if (is_there("python3 --version", "walk.py")) check_walk("walk.py", "python3", "walk.py");
}

TEST_CASE("the walk in TypeScript prints every agent, run as the JavaScript that it is") {
    const std::string check = R"(node --eval 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)')";
    if (is_there(check, "walk.ts")) check_walk("walk.ts", "node", "walk.mjs");
}

TEST_CASE("the walk in TypeScript is accepted by its compiler") {
    if (!is_there("tsc --version", "tsc")) return;
    CHECK(succeeds("tsc --noEmit --strict --target es2022 --module es2022 --lib es2022,dom " +
                   (docs / "examples" / "walk.ts").string()));
}

TEST_CASE("the example of writes creates an agent, changes it and deletes it") {
    if (!is_there("curl --version && jq --version && bash --version", "write.sh")) return;
    demo_deployment deployment;
    const auto before = deployment.providers.agents("converra");
    const example_program program{deployment.gateway, "write.sh", "bash", "write.sh"};
    CAPTURE(program.errors);
    REQUIRE(program.code == 0);
    const auto changed = boost::json::parse(program.output);
    CHECK(changed.at("name").as_string() == "Order Desk");
    CHECK(changed.at("tags") == boost::json::parse(R"(["support","v2"])"));
    CHECK(deployment.providers.agents("converra") == before);
}
