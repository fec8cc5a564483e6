// The `filters` of a profile, and the names of a list call's parameters, which must all differ.
#include "adapters/profile/load_filters.hpp"

#include "config/near_miss.hpp"
#include "normalizers/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace rollcall::adapters {

using config::yaml::in_quotes;
using config::yaml::value;

namespace {

/// What is wrong with sending `theirs` for the agents that we read by `values` as `ours`; empty: nothing.
std::string exactness_problem(const std::map<std::string, std::string>& values, std::string_view field,
                              const std::string& ours, const std::string& theirs) {
    const auto read_as = values.find(theirs);
    if (read_as == values.end() || read_as->second != ours) {
        return fmt::format("agent.{}.values does not read {} as {}", field, in_quotes(theirs), ours);
    }
    const auto several =
        std::count_if(values.begin(), values.end(), [&](const auto& pair) { return pair.second == ours; });
    if (several > 1) {
        return fmt::format("agent.{}.values reads several values as {}, so that asking for one would miss agents",
                           field, ours);
    }
    return {};
}

/// A filter by one of a field's values, written ours to theirs.
pushed_filter read_value_filter(const value& place, std::string_view field, std::span<const std::string_view> known,
                                const normalizers::field_rules& agent, parameter_names& names) {
    pushed_filter out;
    const auto keys = place.keys({"name", "values"});
    names.read(keys.require("name"), out.query);
    const auto rule = agent.find(std::string{field});
    const auto values = keys.require("values");
    if (values.empty()) values.fault("must hold at least one value");
    for (const auto& entry : values.members()) {
        std::string theirs;
        if (!entry.of.text(theirs)) continue;
        if (std::find(known.begin(), known.end(), entry.name) == known.end()) {
            entry.key.fault(fmt::format("is no {} of ours{}", field, config::did_you_mean(entry.name, known)));
        } else if (entry.name == "unknown") {
            entry.key.fault("stands for many of their values and cannot be asked for");
        } else if (rule == agent.end() || rule->second.values.empty()) {
            entry.key.fault(fmt::format("needs agent.{}.values, which reads it", field));
        } else if (auto problem = exactness_problem(rule->second.values, field, entry.name, theirs); !problem.empty()) {
            entry.of.fault(std::move(problem));
        } else {
            out.values.emplace(entry.name, std::move(theirs));
        }
    }
    return out;
}

}  // namespace

parameter_names::parameter_names(const std::vector<std::pair<std::string, std::string>>& taken) {
    for (const auto& parameter : taken)
        taken_.insert(parameter.first);
}

void parameter_names::read(const value& place, std::string& out) {
    std::string name;
    if (!place.text(name)) return;
    const bool visible =
        std::all_of(name.begin(), name.end(), [](char letter) { return letter > ' ' && letter <= '~'; });
    if (name.empty() || !visible) {
        place.fault(fmt::format("must be a parameter's name in visible ASCII characters, found {}", place.found()));
    } else if (!taken_.insert(name).second) {
        place.fault(fmt::format("the parameter {} of the list call has a use already", in_quotes(name)));
    } else {
        out = std::move(name);
    }
}

void read_filters(const value& filters, parameter_names& names, profile& out) {
    const auto keys = filters.keys({"type", "status", "tags"});
    if (const auto type = keys["type"]) {
        out.filter_type = read_value_filter(type, "type", normalizers::agent_types, out.agent, names);
    }
    if (const auto status = keys["status"]) {
        out.filter_status = read_value_filter(status, "status", normalizers::agent_statuses, out.agent, names);
    }
    if (const auto tags = keys["tags"]) {
        out.filter_tags.emplace();
        names.read(tags.keys({"name"}).require("name"), out.filter_tags->query);
        if (!out.agent.contains("tags")) tags.fault("needs agent.tags, which reads them");
    }
}

}  // namespace rollcall::adapters
