// What the peers of the normalizer have in common: where each field of an agent stands in a dialect, by name as a
// program that is written for these four providers would have it.
#pragma once

#include "normalizers/time.hpp"

#include <string>
#include <string_view>

namespace rollcall::bench {

/// The members of a provider's agent, found in `Value`s of a JSON library; null where there is none. `Find` returns a
/// pointer to the member of an object, null where there is none or the value is null.
template<typename Value>
struct found_agent {
    const Value* id = nullptr;
    const Value* name = nullptr;
    std::string_view constant_type;
    const Value* type = nullptr;
    const Value* status = nullptr;
    const Value* description = nullptr;
    const Value* email = nullptr;
    const Value* language = nullptr;
    const Value* model = nullptr;
    const Value* instructions = nullptr;
    const Value* greeting = nullptr;
    const Value* tags = nullptr;
    const Value* tools = nullptr;
    const Value* phone_numbers = nullptr;
    const Value* voice = nullptr;
    const Value* avatar_id = nullptr;
    const Value* avatar_name = nullptr;
    const Value* avatar_url = nullptr;
    const Value* config = nullptr;
    const Value* conversations = nullptr;
    const Value* avg_duration = nullptr;
    const Value* created_at = nullptr;
    const Value* updated_at = nullptr;
    const Value* last_used_at = nullptr;
};

template<typename Value, typename Find>
found_agent<Value> find_agent(std::string_view provider, const Value& item, Find find) {
    found_agent<Value> agent;
    agent.name = find(item, "name");
    if (provider == "hyperrep") {
        agent.id = find(item, "agent_id");
        agent.constant_type = "human";
        agent.email = find(item, "email");
    } else if (provider == "heppu") {
        agent.id = find(item, "id");
        agent.type = find(item, "type");
        agent.status = find(item, "status");
        agent.model = find(item, "model");
        agent.instructions = find(item, "instructions");
        agent.config = find(item, "config");
        if (agent.config != nullptr) {
            agent.greeting = find(*agent.config, "greeting");
            agent.voice = find(*agent.config, "voice");
        }
        agent.tools = find(item, "tools");
        agent.phone_numbers = find(item, "phoneNumbers");
        agent.created_at = find(item, "createdAt");
        agent.updated_at = find(item, "updatedAt");
    } else if (provider == "converra") {
        agent.id = find(item, "id");
        agent.status = find(item, "status");
        agent.description = find(item, "description");
        agent.model = find(item, "llmModel");
        agent.instructions = find(item, "content");
        agent.tags = find(item, "tags");
        agent.conversations = find(item, "conversationCount");
        agent.created_at = find(item, "createdAt");
        agent.updated_at = find(item, "updatedAt");
    } else {
        agent.id = find(item, "agent_id");
        agent.constant_type = "avatar";
        agent.status = find(item, "status");
        agent.language = find(item, "language");
        agent.instructions = find(item, "context");
        agent.greeting = find(item, "custom_greeting");
        agent.voice = find(item, "voice_id");
        agent.avatar_id = find(item, "avatar_id");
        agent.avatar_name = find(item, "avatar_name");
        agent.avatar_url = find(item, "avatar_url");
        agent.conversations = find(item, "total_sessions");
        agent.avg_duration = find(item, "avg_duration");
        agent.created_at = find(item, "created_at");
        agent.updated_at = find(item, "updated_at");
        agent.last_used_at = find(item, "last_used_at");
    }
    return agent;
}

/// What a status that is documented stays, and any other becomes.
inline std::string_view known_status(std::string_view provider, std::string_view status) {
    constexpr std::string_view of_heppu[] = {"active", "inactive", "training", "deployed"};
    constexpr std::string_view of_converra[] = {"active", "draft", "archived", "deprecated"};
    constexpr std::string_view of_agenthuman[] = {"active", "inactive"};
    const auto among = [status](const auto& names) {
        for (const std::string_view name : names)
            if (name == status) return status;
        return std::string_view{"unknown"};
    };
    if (provider == "heppu") return among(of_heppu);
    return provider == "converra" ? among(of_converra) : among(of_agenthuman);
}

/// The instant in UTC; empty: it is none. The peers get ours, which is no part of their JSON.
inline std::string utc_of(std::string_view time) {
    std::string utc;
    (void)normalizers::append_utc(utc, time);
    return utc;
}

/// Reads a page of `provider` and writes its agents as a JSON array in the one shape, which it returns; valid until the
/// next call.
[[nodiscard]] const std::string& normalize_with_nlohmann(std::string_view provider, const std::string& page);
[[nodiscard]] std::string_view normalize_with_rapidjson(std::string_view provider, const std::string& page);

}  // namespace rollcall::bench
