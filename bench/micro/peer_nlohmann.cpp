// The peer that is used most: nlohmann/json, with a tree for what is read and one for what is written.
#include "bench/micro/peer.hpp"

#include <nlohmann/json.hpp>

namespace rollcall::bench {
namespace {

using json = nlohmann::json;
using ordered = nlohmann::ordered_json;

const json* find(const json& object, const char* name) {
    const auto member = object.find(name);
    return member == object.end() || member->is_null() ? nullptr : &*member;
}

ordered text_of(const json* text) {
    return text != nullptr && text->is_string() ? ordered(text->get_ref<const std::string&>()) : ordered();
}

/// A text, or an integer as its digits.
std::string id_of(const json* id) {
    if (id != nullptr && id->is_string()) return id->get<std::string>();
    return id != nullptr && id->is_number_integer() ? id->dump() : std::string{};
}

ordered time_of(const json* time) {
    std::string utc;
    if (time != nullptr && time->is_string()) utc = utc_of(time->get_ref<const std::string&>());
    return utc.empty() ? ordered() : ordered(std::move(utc));
}

ordered number_of(const json* number) {
    return number != nullptr && number->is_number() ? ordered(*number) : ordered();
}

ordered object_of(const json* object) {
    return object != nullptr && object->is_object() ? ordered(*object) : ordered();
}

ordered texts_of(const json* list) {
    ordered texts = ordered::array();
    if (list == nullptr || !list->is_array()) return texts;
    for (const json& text : *list)
        if (text.is_string()) texts.push_back(text.get_ref<const std::string&>());
    return texts;
}

ordered tools_of(const json* list) {
    ordered tools = ordered::array();
    if (list == nullptr || !list->is_array()) return tools;
    for (const json& item : *list) {
        if (!item.is_object()) continue;
        ordered tool;
        for (const char* const key : {"id", "name", "description", "category"})
            tool[key] = text_of(find(item, key));
        tool["config"] = object_of(find(item, "config"));
        tools.push_back(std::move(tool));
    }
    return tools;
}

ordered type_of(const found_agent<json>& agent) {
    if (!agent.constant_type.empty()) return agent.constant_type;
    if (agent.type != nullptr && (*agent.type == "voice" || *agent.type == "chat")) return *agent.type;
    return {};
}

ordered agent_of(std::string_view provider, const found_agent<json>& agent, const std::string& id) {
    ordered made;
    made["id"] = std::string{provider} + ":" + id;
    made["provider"] = provider;
    made["native_id"] = id;
    made["name"] = text_of(agent.name);
    made["type"] = type_of(agent);
    made["status"] = nullptr;
    if (agent.status != nullptr && agent.status->is_string()) {
        made["status"] = known_status(provider, agent.status->get_ref<const std::string&>());
    }
    made["description"] = text_of(agent.description);
    made["email"] = text_of(agent.email);
    made["language"] = text_of(agent.language);
    made["model"] = text_of(agent.model);
    made["instructions"] = text_of(agent.instructions);
    made["greeting"] = text_of(agent.greeting);
    made["tags"] = texts_of(agent.tags);
    made["tools"] = tools_of(agent.tools);
    made["phone_numbers"] = texts_of(agent.phone_numbers);
    made["voice"] = nullptr;
    if (agent.voice != nullptr && agent.voice->is_string()) made["voice"] = {{"id", text_of(agent.voice)}};
    made["avatar"] = nullptr;
    if (agent.avatar_id != nullptr) {
        made["avatar"] = {
            {"id", id_of(agent.avatar_id)}, {"name", text_of(agent.avatar_name)}, {"url", text_of(agent.avatar_url)}};
    }
    made["config"] = object_of(agent.config);
    made["usage"] = nullptr;
    if (agent.conversations != nullptr || agent.avg_duration != nullptr) {
        made["usage"] = {{"conversations", number_of(agent.conversations)},
                         {"avg_duration_s", number_of(agent.avg_duration)}};
    }
    made["created_at"] = time_of(agent.created_at);
    made["updated_at"] = time_of(agent.updated_at);
    made["last_used_at"] = time_of(agent.last_used_at);
    return made;
}

}  // namespace

const std::string& normalize_with_nlohmann(std::string_view provider, const std::string& page) {
    static std::string text;
    const json document = json::parse(page);
    const json* items = find(document, provider == "agenthuman" ? "agents" : "data");
    if (provider == "heppu") items = find(*items, "agents");
    ordered agents = ordered::array();
    for (const json& item : *items) {
        const auto agent = find_agent<json>(provider, item, find);
        const std::string id = id_of(agent.id);
        if (!id.empty()) agents.push_back(agent_of(provider, agent, id));
    }
    text = agents.dump();
    return text;
}

}  // namespace rollcall::bench
