// What the tests of the configuration share: loading a text and seeing its faults as people see them.
#pragma once

#include "config/load.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::config {

/// A lookup in `variables`, in place of the process's environment.
inline environment variables(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    };
}

/// A line for each fault.
inline std::string lines(const std::vector<fault>& faults) {
    std::string text;
    for (const auto& fault : faults)
        text += (text.empty() ? "" : "\n") + to_string(fault);
    return text;
}

struct loaded {
    struct settings settings;
    std::vector<fault> faults;
};

/// Loads `text` as the file `c.yaml`.
inline loaded load_text(std::string_view text, std::map<std::string, std::string> set = {}) {
    loaded result;
    result.settings = load(text, "c.yaml", variables(std::move(set)), result.faults);
    return result;
}

inline std::string faults_of(std::string_view text, std::map<std::string, std::string> set = {}) {
    return lines(load_text(text, std::move(set)).faults);
}

}  // namespace rollcall::config
