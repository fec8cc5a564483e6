// The page for those who add a provider: its lines of YAML are read as the loader reads a profile.
#include "base/embedded.hpp"
#include "normalizers/schema.hpp"
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

/// The lines of each block of YAML on the page, in its order.
std::vector<std::vector<std::string>> yaml_blocks(const std::string& page) {
    std::vector<std::vector<std::string>> blocks;
    bool inside = false;
    std::istringstream text{page};
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("```")) {
            inside = line == "```yaml";
            if (inside) blocks.emplace_back();
        } else if (inside) {
            blocks.back().push_back(line);
        }
    }
    return blocks;
}

/// A profile that is put together as the page says: further lines of a key that is there go under it.
class growing_profile {
  public:
    void add(const std::vector<std::string>& block) {
        std::string* section = nullptr;
        for (const std::string& line : block) {
            const bool begins = !line.starts_with(' ');
            const auto key = line.substr(0, line.find(':'));
            if (!begins) {
                REQUIRE(section != nullptr);
                *section += line + '\n';
            } else if (const auto known = std::ranges::find(sections_, key, &named::first); known != sections_.end()) {
                section = &known->second;
            } else {
                section = &sections_.emplace_back(key, line + '\n').second;
            }
        }
    }

    [[nodiscard]] std::string text() const {
        std::string whole;
        for (const auto& [key, lines] : sections_)
            whole += lines;
        return whole;
    }

  private:
    using named = std::pair<std::string, std::string>;
    std::vector<named> sections_;
};

/// The shipped profile whose file a block names in its first line; empty: the block belongs to the example.
std::string_view shipped_profile_of(const std::vector<std::string>& block) {
    for (const auto& file : embedded::shipped_profiles) {
        if (block.front() == "# " + std::string{file.name} + ".yaml") return file.text;
    }
    return {};
}

const std::string page = repository_text("docs/providers.md");

}  // namespace

TEST_CASE("the steps from an API page to a profile make one that loads, from the first that can be tried") {
    growing_profile example;
    std::string before_the_trial;
    for (const auto& block : yaml_blocks(page)) {
        REQUIRE_FALSE(block.empty());
        if (!shipped_profile_of(block).empty()) continue;
        example.add(block);
        const auto [read, faults] = load_text(example.text());
        if (block.front() == "paging:") before_the_trial = faults.empty() ? example.text() : faults;
        if (!before_the_trial.empty()) CHECK(faults == "");
    }
    CHECK(load_text(before_the_trial).profile.name == "freshdesk");

    const auto made = load_text(example.text()).profile;
    const auto kept = load_text(repository_text("tests/profiles/freshdesk.yaml")).profile;
    CHECK(made.agent.size() == kept.agent.size());
    CHECK(made.paging.style == kept.paging.style);
    CHECK(made.errors.message == kept.errors.message);
    CHECK(made.of(operation_kind::get)->path == kept.of(operation_kind::get)->path);
}

TEST_CASE("the lines of shipped profiles that the page shows are theirs") {
    int shown = 0;
    for (const auto& block : yaml_blocks(page)) {
        const auto profile = shipped_profile_of(block);
        if (profile.empty()) continue;
        ++shown;
        for (auto line = block.begin() + 1; line != block.end(); ++line) {
            CAPTURE(*line);
            CHECK(profile.find('\n' + *line + '\n') != std::string_view::npos);
        }
    }
    CHECK(shown == 5);
}

TEST_CASE("the page's reference names every key and field that a profile may have") {
    const auto reference = page.substr(page.find("## Reference"));
    std::vector<std::string_view> names = {"profile", "title",  "documentation",  "base_url", "auth",
                                           "params",  "errors", "details",        "quota",    "paging",
                                           "filters", "write",  "deadline_header"};
    names.insert(names.end(), std::begin(operation_names), std::end(operation_names));
    for (const auto& field : writable_fields)
        names.push_back(field.name);
    for (const auto* record : normalizers::all_records) {
        for (const auto& field : record->fields)
            names.push_back(field.name);
    }
    for (const auto name : names) {
        CAPTURE(name);
        const std::regex as_code{"(`|\\{|, )" + std::string{name} + "(`|\\}|,|:)"};
        CHECK(std::regex_search(reference, as_code));
    }
}

}  // namespace rollcall::adapters
