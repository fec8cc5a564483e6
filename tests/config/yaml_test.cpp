// Reading YAML: syntax faults, hostile files, variables, units, guesses.
#include "config/yaml.hpp"

#include "config/near_miss.hpp"
#include "config/units.hpp"
#include "tests/config/faults.hpp"
#include "tests/support/temporary_file.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

std::string repeated(std::string_view text, std::size_t count) {
    std::string result;
    for (std::size_t i = 0; i < count; ++i)
        result += text;
    return result;
}

std::string file_of_params(const std::string& params) {
    return "providers: [{name: a, profile: heppu, params: " + params + "}]";
}

/// The text of the parameter `a`, written as `scalar`; or the faults.
std::string expanded(const std::string& scalar, std::map<std::string, std::string> set = {}) {
    const auto [read, faults] = load_text(file_of_params("{a: " + scalar + "}"), std::move(set));
    return faults.empty() ? read.providers.at(0).params.at("a") : lines(faults);
}

}  // namespace

TEST_CASE("a file that is no YAML has one fault at its place") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "c.yaml:1:1: the file is empty"},
        {"# nothing\n", "c.yaml:1:1: the file is empty"},
        {"hello", "c.yaml:1:1: expected a map, found a text"},
        {"- a", "c.yaml:1:1: expected a map, found a list"},
        {"a: 'x", "c.yaml:1:6: not valid YAML: illegal EOF in scalar"},
        {"server:\n  threads: 1\n   foo: 2\n", "c.yaml:3:7: not valid YAML: illegal map value"},
        {"server: {threads: 1\nlog: {}", "c.yaml:2:4: not valid YAML: end of map flow not found"},
        {"server: ]", "c.yaml:1:9: not valid YAML: illegal flow end"},
        {"a: 1\n---\nb: 2", "c.yaml:2:1: only one document may stand in a file"},
        {"? [a]\n: b", "c.yaml:1:3: a key must be a text"},
        {"server: &x {}", "c.yaml:1:9: anchors are not supported"},
        {"server: *x", "c.yaml:1:9: aliases are not supported"},
        {"server: !!map {}", "c.yaml:1:9: tags are not supported"},
        {"a: b\x04: c", "c.yaml:1:5: a control character, which YAML does not allow"},
        {std::string{"log: {}\na\0b", 11}, "c.yaml:2:2: a control character, which YAML does not allow"},
        {"a: \"b\\\r\rc\"", "c.yaml:1:8: not valid YAML: unknown escape character"},
        {"a: \"b\\é\"", "c.yaml:1:8: not valid YAML: unknown escape character"},
        {"log: {}\n# \xff\n", "c.yaml:2:1: this line is not valid UTF-8"},
        {R"(log: {"a\_b": 1})", R"(c.yaml:1:7: write "\u00a0" for "\_", and "\u0085" for "\N")"},
        {R"(log: ["a\Nb"])", R"(c.yaml:1:7: write "\u00a0" for "\_", and "\u0085" for "\N")"},
    };
    for (const auto& [text, fault] : cases) {
        CAPTURE(text);
        CHECK(faults_of(text) == fault);
    }
}

TEST_CASE("a hostile file gives a fault") {
    constexpr std::size_t most = yaml::file_bytes_maximum;
    const std::string bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n";
    for (const auto& text :
         {repeated("[", most), repeated("{", most), repeated("- ", most / 2), repeated("? ", most / 2),
          repeated("{a: ", most / 4), repeated("[\n", most / 2), repeated("-\n", most / 2), repeated("a:\n", most / 3),
          "a: \"" + repeated("x", most - 5) + '"', "a: |\n" + repeated(" x\n", most / 3 - 2), repeated("!", most),
          repeated("&a ", most / 3), "[" + repeated("a,", most / 2 - 1), repeated("a: b\n", 2'000'000), bomb,
          repeated("\n", most), repeated("%YAML 1.2\n", most / 10)}) {
        CAPTURE(text.substr(0, 20));
        CHECK(faults_of(text) != "");
    }
}

TEST_CASE("the limits of a file are exact") {
    CHECK(faults_of(repeated("#", yaml::file_bytes_maximum + 1)) ==
          "c.yaml:1:1: the file is larger than 1048576 bytes");
    CHECK(faults_of(repeated("#", yaml::file_bytes_maximum)) == "c.yaml:1:1: the file is empty");
    std::vector<fault> faults;
    const auto nested = [](std::size_t depth) { return repeated("[", depth) + repeated("]", depth); };
    const std::string fits = nested(yaml::depth_maximum);
    CHECK(static_cast<bool>(yaml::document{fits, "f", faults}.root()));
    CHECK(lines(faults) == "");
    const std::string deeper = nested(yaml::depth_maximum + 1);
    CHECK_FALSE(static_cast<bool>(yaml::document{deeper, "f", faults}.root()));
    CHECK(lines(faults) == "f:1:17: more than 16 lists and maps stand in each other");
}

TEST_CASE("a file that cannot be read is one fault") {
    const testing::temporary_directory folder;
    const auto faults_of_file = [](const std::string& file) {
        std::vector<fault> faults;
        (void)load_file(file, faults);
        return lines(faults);
    };
    CHECK(faults_of_file(folder.path().string() + "/none.yaml") ==
          folder.path().string() + "/none.yaml:1:1: the file cannot be opened: No such file or directory");
    CHECK(faults_of_file(folder.path().string()) ==
          folder.path().string() + ":1:1: the file cannot be read: Is a directory");
    const auto large = folder.write("large.yaml", repeated("a: b\n", 2'000'000)).string();
    CHECK(faults_of_file(large) == large + ":1:1: the file is larger than 1048576 bytes");
}

TEST_CASE("what a long or odd text shows in a fault is one short line") {
    CHECK(faults_of("log: {level: " + repeated("ä", 500) + "}\nproviders: [{name: a, profile: heppu}]") ==
          "c.yaml:1:14: log.level: expected one of debug, info, warning, error, off, found \"" + repeated("ä", 30) +
              "…\"");
    CHECK(faults_of("\"a\\nb\": 1\nproviders: [{name: a, profile: heppu}]") ==
          "c.yaml:1:1: a\\x0ab: unknown key; known: server, access, cursor, log, cache, redis, providers");
}

TEST_CASE("a variable stands for its text and nothing else") {
    CHECK(expanded("${X}", {{"X", "text"}}) == "text");
    CHECK(expanded("a${X}b${Y}c", {{"X", "1"}, {"Y", "2"}}) == "a1b2c");
    CHECK(expanded("\"${X}\"", {{"X", "b, c: {d}"}}) == "b, c: {d}");
    CHECK(expanded("${X}", {{"X", "{b: c}"}}) == "{b: c}");
    CHECK(expanded("${X}", {{"X", "a\nb: c"}}) == "a\nb: c");
    CHECK(expanded("${X}", {{"X", "${Y}"}, {"Y", "no"}}) == "${Y}");
    CHECK(expanded("${X}", {{"X", ""}}) == "");
    CHECK(expanded("'${_a1}'", {{"_a1", "x"}}) == "x");
}

TEST_CASE("a variable that holds what is no UTF-8 is a fault") {
    CHECK(expanded("${A}", {{"A", "caf\xe9"}}) == "c.yaml:1:51: providers[0].params.a: must be valid UTF-8");
    CHECK(expanded("${A}", {{"A", "café"}}) == "café");
}

TEST_CASE("the other escapes of YAML stand for their characters") {
    CHECK(expanded(R"("\u00a0\x85\L\U0001f600")") == "\u00a0\u0085\u2028\U0001f600");
}

TEST_CASE("a variable's default stands in when it is not set or empty") {
    CHECK(expanded("${X:-d}") == "d");
    CHECK(expanded("${X:-d}", {{"X", ""}}) == "d");
    CHECK(expanded("${X:-d}", {{"X", "x"}}) == "x");
    CHECK(expanded("${X:-}") == "");
    CHECK(expanded("\"${X:-a, b: {c}\"") == "a, b: {c");
    CHECK(expanded("${X:-http://host:80/a-b}") == "http://host:80/a-b");
}

TEST_CASE("a dollar sign stands for itself where it begins no variable") {
    CHECK(expanded("a$b") == "a$b");
    CHECK(expanded("$") == "$");
    CHECK(expanded("$$") == "$$");
    CHECK(expanded("$${X}") == "${X}");
    CHECK(expanded("\"$${\"") == "${");
    CHECK(expanded("$${X}${X}", {{"X", "x"}}) == "${X}x");
}

TEST_CASE("a variable that is not set, or is misspelt, is a fault") {
    const std::string at = "c.yaml:1:51: providers[0].params.a: ";
    const std::string form = "expected ${NAME} or ${NAME:-default}; a literal ${ is written $${";
    CHECK(expanded("${NOT_SET}") == at + "the environment variable NOT_SET is not set");
    CHECK(expanded("\"${\"") == at + form);
    CHECK(expanded("\"${}\"") == at + form);
    CHECK(expanded("\"${1X}\"") == at + form);
    CHECK(expanded("\"${X-d}\"") == at + form);
    CHECK(expanded("\"${X Y}\"") == at + form);
    CHECK(expanded("\"${X\"") == at + form);
}

TEST_CASE("a key is never a variable, nor is a byte of YAML's own escapes") {
    const auto [read, faults] = load_text(file_of_params("{\"${X}\": \"\\xf8${X}\\xf9\"}"), {{"X", "x"}});
    CHECK(lines(faults) == "");
    CHECK(read.providers.at(0).params.at("${X}") == "\u00f8x\u00f9");
}

TEST_CASE("a variable may stand where a number or a duration is expected, and its text is not shown") {
    const std::string provider = "providers: [{name: a, profile: heppu, page_size: ${SIZE}}]";
    CHECK(load_text(provider, {{"SIZE", "20"}}).settings.providers.at(0).page_size == 20U);
    CHECK(faults_of(provider, {{"SIZE", "secret"}}) ==
          "c.yaml:1:50: providers[0].page_size: expected a whole number, found what \"${SIZE}\" stands for");
}

TEST_CASE("durations and sizes are whole numbers with a unit") {
    CHECK(parse_duration("250ms") == 250ms);
    CHECK(parse_duration("3s") == 3s);
    CHECK(parse_duration("5m") == 5min);
    CHECK(parse_duration("72h") == 72h);
    CHECK(parse_duration("0s") == 0ms);
    CHECK(parse_duration("9223372036854775807h") == std::chrono::milliseconds::max());
    CHECK(parse_size("512B") == 512U);
    CHECK(parse_size("64KiB") == 65'536U);
    CHECK(parse_size("1MiB") == 1'048'576U);
    CHECK(parse_size("1GiB") == 1'073'741'824U);
    for (const auto* text : {"", "5", "s", "1.5s", "-1s", "1 s", "1S", "1us", "1e3s", "01s", "1s ", "0x1s", "1h30m"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_duration(text).has_value());
    }
    for (const auto* text : {"", "5", "B", "1KB", "1kib", "-1B", "1 KiB", "1TiB", "1.5MiB"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_size(text).has_value());
    }
    CHECK(format_duration(0ms) == "0ms");
    CHECK(format_duration(90s) == "90s");
    CHECK(format_duration(600'000ms) == "10m");
    CHECK(format_size(1536) == "1536B");
    CHECK(format_size(65'536) == "64KiB");
}

TEST_CASE("a whole number is decimal digits, beyond 64 bits the nearest") {
    CHECK(parse_whole("0") == 0);
    CHECK(parse_whole("-5") == -5);
    CHECK(parse_whole("9223372036854775808") == std::numeric_limits<std::int64_t>::max());
    CHECK(parse_whole("-9223372036854775809") == std::numeric_limits<std::int64_t>::min());
    for (const auto* text : {"", "-", "+1", "1_000", "0x1", "07", "1.0", " 1", "1 "}) {
        CAPTURE(text);
        CHECK_FALSE(parse_whole(text).has_value());
    }
}

TEST_CASE("a guess is made for a near miss only") {
    const std::vector<std::string_view> known = {"name", "timeout", "in"};
    CHECK(did_you_mean("nam", known) == "; did you mean name?");
    CHECK(did_you_mean("timeuot", known) == "; did you mean timeout?");
    CHECK(did_you_mean("xy", known) == "; known: name, timeout, in");
    CHECK(did_you_mean("nmea", known) == "; known: name, timeout, in");
    CHECK(did_you_mean(std::string(1'000'000, 'n'), known) == "; known: name, timeout, in");
}

}  // namespace rollcall::config
