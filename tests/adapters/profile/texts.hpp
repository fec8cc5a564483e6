// What the tests of profiles share: a small good profile whose parts can be exchanged, and its faults as text.
#pragma once

#include "adapters/profile/load.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {

inline std::string lines(const std::vector<config::fault>& faults) {
    std::string text;
    for (const auto& fault : faults)
        text += (text.empty() ? "" : "\n") + config::to_string(fault);
    return text;
}

/// A good profile, of which each section is one line, in this order; a section that is given takes the place of its
/// own.
inline std::string profile_text(std::map<std::string, std::string> sections) {
    const std::pair<std::string, std::string> good[] = {
        {"profile", "mine"},         {"title", "Mine"}, {"base_url", "https://mine.example"},
        {"auth", "{header: x-key}"}, {"params", ""},    {"operations", "{list: {path: /agents, items: /data}}"},
        {"paging", "{style: none}"}, {"filters", ""},   {"agent", "{id: /id}"},
    };
    std::string text;
    for (const auto& [name, value] : good) {
        const auto given = sections.find(name);
        const auto& line = given == sections.end() ? value : given->second;
        text += line.empty() ? "#\n" : name + ": " + line + '\n';
        sections.erase(name);
    }
    for (const auto& [name, value] : sections)
        text += name + ": " + value + '\n';
    return text;
}

struct loaded {
    struct profile profile;
    std::string faults;
};

inline loaded load_text(std::string_view text, const std::string& file = "p.yaml") {
    std::vector<config::fault> faults;
    loaded result{load_profile(text, file, faults), {}};
    result.faults = lines(faults);
    return result;
}

/// The faults of the good profile with one or several sections exchanged.
inline std::string faults_with(const std::map<std::string, std::string>& sections) {
    return load_text(profile_text(sections)).faults;
}

/// A section's bad text and the fault that it gives, after `p.yaml:`.
struct bad {
    std::string text;
    std::string fault;
};

/// Checks a good profile with `section` exchanged for each bad text (and `others` for good ones).
inline void check_each(const std::string& section, const std::vector<bad>& cases,
                       const std::map<std::string, std::string>& others = {}) {
    for (const auto& [text, fault] : cases) {
        auto sections = others;
        sections[section] = text;
        CAPTURE(text);
        CHECK(faults_with(sections) == "p.yaml:" + fault);
    }
}

/// A file of the repository.
inline std::string repository_text(const std::string& path) {
    std::ifstream file{std::string{ROLLCALL_SOURCE} + '/' + path};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace rollcall::adapters
