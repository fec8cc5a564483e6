// The peer that is known for speed: RapidJSON, parsing in situ and writing as it goes. It validates UTF-8, as we do.
// Without RAPIDJSON_SSE42: version 1.1 with it writes some control characters as they are, which is no JSON.
#include "bench/micro/peer.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>
#include <vector>

namespace rollcall::bench {
namespace {

using value = rapidjson::Value;
using writer = rapidjson::Writer<rapidjson::StringBuffer>;

constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseValidateEncodingFlag;

const value* find(const value& object, const char* name) {
    const auto member = object.FindMember(name);
    return member == object.MemberEnd() || member->value.IsNull() ? nullptr : &member->value;
}

std::string_view view(const value& text) {
    return {text.GetString(), text.GetStringLength()};
}

void put(writer& out, std::string_view text) {
    out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void put_text(writer& out, const char* key, const value* text) {
    out.Key(key);
    if (text != nullptr && text->IsString()) {
        put(out, view(*text));
    } else {
        out.Null();
    }
}

/// A text, or an integer as its digits.
std::string id_of(const value* id) {
    if (id != nullptr && id->IsString()) return std::string{view(*id)};
    return id != nullptr && id->IsInt64() ? std::to_string(id->GetInt64()) : std::string{};
}

void put_id(writer& out, const char* key, const value* id) {
    out.Key(key);
    const std::string text = id_of(id);
    if (text.empty()) {
        out.Null();
    } else {
        put(out, text);
    }
}

void put_time(writer& out, const char* key, const value* time) {
    out.Key(key);
    const std::string utc = time != nullptr && time->IsString() ? utc_of(view(*time)) : std::string{};
    if (utc.empty()) {
        out.Null();
    } else {
        put(out, utc);
    }
}

void put_number(writer& out, const char* key, const value* number) {
    out.Key(key);
    if (number != nullptr && number->IsNumber()) {
        number->Accept(out);
    } else {
        out.Null();
    }
}

void put_object(writer& out, const char* key, const value* object) {
    out.Key(key);
    if (object != nullptr && object->IsObject()) {
        object->Accept(out);
    } else {
        out.Null();
    }
}

void put_texts(writer& out, const char* key, const value* list) {
    out.Key(key);
    out.StartArray();
    if (list != nullptr && list->IsArray()) {
        for (const value& text : list->GetArray())
            if (text.IsString()) put(out, view(text));
    }
    out.EndArray();
}

void put_tools(writer& out, const value* tools) {
    out.Key("tools");
    out.StartArray();
    if (tools != nullptr && tools->IsArray()) {
        for (const value& tool : tools->GetArray()) {
            if (!tool.IsObject()) continue;
            out.StartObject();
            for (const char* const key : {"id", "name", "description", "category"})
                put_text(out, key, find(tool, key));
            put_object(out, "config", find(tool, "config"));
            out.EndObject();
        }
    }
    out.EndArray();
}

void put_records(writer& out, const found_agent<value>& agent) {
    out.Key("voice");
    if (agent.voice != nullptr && agent.voice->IsString()) {
        out.StartObject();
        put_text(out, "id", agent.voice);
        out.EndObject();
    } else {
        out.Null();
    }
    out.Key("avatar");
    if (agent.avatar_id != nullptr) {
        out.StartObject();
        put_id(out, "id", agent.avatar_id);
        put_text(out, "name", agent.avatar_name);
        put_text(out, "url", agent.avatar_url);
        out.EndObject();
    } else {
        out.Null();
    }
    put_object(out, "config", agent.config);
    out.Key("usage");
    if (agent.conversations != nullptr || agent.avg_duration != nullptr) {
        out.StartObject();
        put_number(out, "conversations", agent.conversations);
        put_number(out, "avg_duration_s", agent.avg_duration);
        out.EndObject();
    } else {
        out.Null();
    }
}

void put_agent(writer& out, std::string_view provider, const value& item) {
    const auto agent = find_agent<value>(provider, item, find);
    const std::string id = id_of(agent.id);
    if (id.empty()) return;
    out.StartObject();
    out.Key("id");
    put(out, std::string{provider} + ":" + id);
    out.Key("provider");
    put(out, provider);
    out.Key("native_id");
    put(out, id);
    put_text(out, "name", agent.name);
    out.Key("type");
    if (!agent.constant_type.empty()) {
        put(out, agent.constant_type);
    } else if (agent.type != nullptr && (view(*agent.type) == "voice" || view(*agent.type) == "chat")) {
        put(out, view(*agent.type));
    } else {
        out.Null();
    }
    out.Key("status");
    if (agent.status != nullptr && agent.status->IsString()) {
        put(out, known_status(provider, view(*agent.status)));
    } else {
        out.Null();
    }
    put_text(out, "description", agent.description);
    put_text(out, "email", agent.email);
    put_text(out, "language", agent.language);
    put_text(out, "model", agent.model);
    put_text(out, "instructions", agent.instructions);
    put_text(out, "greeting", agent.greeting);
    put_texts(out, "tags", agent.tags);
    put_tools(out, agent.tools);
    put_texts(out, "phone_numbers", agent.phone_numbers);
    put_records(out, agent);
    put_time(out, "created_at", agent.created_at);
    put_time(out, "updated_at", agent.updated_at);
    put_time(out, "last_used_at", agent.last_used_at);
    out.EndObject();
}

}  // namespace

std::string_view normalize_with_rapidjson(std::string_view provider, const std::string& page) {
    static std::vector<char> body;
    static rapidjson::StringBuffer text;
    body.assign(page.c_str(), page.c_str() + page.size() + 1);  // parsing in situ overwrites it
    text.Clear();
    rapidjson::Document document;
    document.ParseInsitu<flags>(body.data());
    if (document.HasParseError()) return {};
    const value* items = find(document, provider == "agenthuman" ? "agents" : "data");
    if (provider == "heppu") items = find(*items, "agents");
    writer out{text};
    out.StartArray();
    for (const value& item : items->GetArray())
        put_agent(out, provider, item);
    out.EndArray();
    return {text.GetString(), text.GetSize()};
}

}  // namespace rollcall::bench
