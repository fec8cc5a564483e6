// What the tests of providers share: providers of shipped profiles, of the tests' own, and of one that offers
// everything.
#pragma once

#include "adapters/provider.hpp"
#include "base/embedded.hpp"
#include "tests/adapters/profile/texts.hpp"

#include <map>
#include <string>
#include <utility>

namespace rollcall::adapters::tests {

inline profile profile_named(const std::string& name) {
    for (const auto& file : embedded::shipped_profiles) {
        if (file.name == name) return load_text(file.text).profile;
    }
    return load_text(repository_text("tests/profiles/" + name + ".yaml")).profile;
}

inline config::provider settings_of(const std::string& name) {
    config::provider settings;
    settings.name = name;
    settings.base_url = "https://api.example";
    return settings;
}

inline provider made(const std::string& name, std::map<std::string, std::string> params = {}) {
    config::provider settings = settings_of(name);
    settings.params = std::move(params);
    return {settings, profile_named(name)};
}

/// A provider of the good profile with some sections exchanged.
inline provider made_with(const std::map<std::string, std::string>& sections,
                          const config::provider& settings = settings_of("mine")) {
    const auto [profile, faults] = load_text(profile_text(sections));
    CHECK(faults == "");
    return {settings, profile};
}

/// The sections of a provider that offers everything; a section in `others` takes the place of its own.
inline std::map<std::string, std::string> everything(const std::map<std::string, std::string>& others = {}) {
    std::map<std::string, std::string> sections = others;
    sections.merge(std::map<std::string, std::string>{
        {"operations",
         "{list: {path: /agents, items: /data}, get: {path: \"/agents/{id}\", item: \"\"}, "
         "create: {path: /agents, item: /agent, query: {notify: \"no\"}}, "
         "update: {path: \"/agents/{id}\", item: /agent}, delete: {path: \"/agents/{id}\", success: /done}, "
         "status: {path: \"/agents/{id}/status\", item: \"\"}, "
         "insights: {path: \"/agents/{id}/insights\", query: {days: \"{days}\"}, item: /insights}, "
         "conversations: {path: \"/agents/{id}/talks\", query: {from: \"{start_date}\", to: \"{end_date}\"}, "
         "items: /talks}, "
         "sales: {path: /sales, query: {agent: \"{id}\", span: \"{start_date}..{end_date}\", all: \"1\"}, "
         "items: /sales}, "
         "analytics: {path: \"/agents/{id}/numbers\", query: {from: \"{start_date}\", to: \"{end_date}\"}, "
         "item: /numbers}, "
         "analytics_conversations: {path: \"/agents/{id}/numbers/c\", "
         "query: {from: \"{start_date}\", to: \"{end_date}\"}, item: \"\"}, "
         "analytics_sales: {path: \"/agents/{id}/numbers/s\", "
         "query: {from: \"{start_date}\", to: \"{end_date}\"}, item: \"\"}}"},
        {"paging", "{style: offset, size: {name: n, maximum: 20}, position: {name: at}, has_more: /more}"},
        {"errors", "{code: /code, message: /message, details: /details}"},
        {"agent", "{id: /id, name: /name}"},
        {"status", "{id: /id, name: /name}"},
        {"conversation", "{id: /id, folder: /folder}"},
        {"sale", "{id: /id, notes: /notes}"},
        {"analytics",
         "{conversations: {messages_sent: {from: [/c/sent, /sent]}}, sales: {sales_rate: {from: [/s/rate, /rate]}}}"},
        {"write", "{name: /name, model: /llm/model, temperature: {to: /llm/heat, minimum: 0, maximum: 1}}"},
    });
    return sections;
}

}  // namespace rollcall::adapters::tests
