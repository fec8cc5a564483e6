// The contract's Agent table as field rules, one provider after the other.
#include "tests/normalizers/dialects.hpp"

#include <algorithm>
#include <array>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

constexpr std::string_view hyperrep_list = R"({
"data": [
{
"agent_id": "gAAAAABexampleAgentIdReturnedByApi5qN8xLm3sV6kRt2cY9hJ4uW1dF7",
"name": "Kara Danvers",
"email": "kara@example.com"
}
],
"pagination": {
"limit": 25,
"cursor": null,
"next_cursor": null,
"has_more": false
}
})";

constexpr std::string_view hyperrep_one = R"({
"agent_id": "gAAAAABexampleAgentIdReturnedByApi5qN8xLm3sV6kRt2cY9hJ4uW1dF7",
"name": "Kara Danvers",
"email": "kara@example.com"
})";

constexpr std::string_view heppu_list = R"({
  "success": true,
  "data": {
    "agents": [
      {
        "id": "550e8400-e29b-41d4-a716-446655440000",
        "name": "Customer Support Agent",
        "type": "voice",
        "status": "active",
        "model": "gpt-realtime-2025-08-28",
        "instructions": "You are a helpful customer support agent...",
        "config": {
          "voice": "sage",
          "speed": 1.0,
          "interruptionThreshold": 0.5
        },
        "tools": [
          {
            "id": "web_search",
            "name": "Web Search",
            "description": "Search the web for information"
          }
        ],
        "phoneNumbers": ["+1234567890"],
        "createdAt": "2025-01-15T10:30:00Z",
        "updatedAt": "2025-01-15T10:30:00Z"
      },
      {
        "id": "660e8400-e29b-41d4-a716-446655440001",
        "name": "Website Chat Assistant",
        "type": "chat",
        "status": "active",
        "model": "gpt-4o",
        "instructions": "You are a friendly website assistant...",
        "config": {
          "theme": "dark",
          "primaryColor": "#3B82F6",
          "position": "bottom-right",
          "greeting": "Hello! How can I help you today?",
          "placeholder": "Type your message...",
          "allowedDomains": ["example.com"]
        },
        "tools": [
          {
            "id": "calculator",
            "name": "Calculator",
            "description": "Perform mathematical calculations"
          }
        ],
        "createdAt": "2025-01-15T11:00:00Z",
        "updatedAt": "2025-01-15T11:00:00Z"
      }
    ],
    "pagination": {
      "limit": 50,
      "offset": 0,
      "total": 2,
      "hasMore": false
    }
  }
})";

constexpr std::string_view heppu_one = R"({
  "success": true,
  "data": {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "name": "Customer Support Agent",
    "type": "voice",
    "status": "active",
    "model": "gpt-realtime-2025-08-28",
    "instructions": "You are a helpful customer support agent. Be polite, professional, and help customers resolve their issues efficiently.",
    "config": {
      "voice": "sage",
      "speed": 1.0,
      "interruptionThreshold": 0.5,
      "timeout": 30
    },
    "tools": [
      {
        "id": "web_search",
        "name": "Web Search",
        "description": "Search the web for information",
        "category": "information",
        "config": {}
      },
      {
        "id": "calendar",
        "name": "Calendar",
        "description": "Manage calendar events and appointments",
        "category": "productivity",
        "config": {}
      }
    ],
    "phoneNumbers": ["+1234567890", "+1987654321"],
    "createdAt": "2025-01-15T10:30:00Z",
    "updatedAt": "2025-01-15T14:22:00Z"
  }
})";

constexpr std::string_view converra_list = R"({
  "data": [
    {
      "id": "agent_123",
      "name": "Customer Support",
      "content": "You are a helpful...",
      "llmModel": "gpt-4o",
      "description": "Main support chatbot",
      "tags": ["support", "production"],
      "status": "active",
      "createdAt": "2025-01-15T10:00:00Z",
      "updatedAt": "2025-01-20T14:30:00Z"
    }
  ],
  "pagination": {
    "total": 15,
    "limit": 20,
    "offset": 0
  }
})";

constexpr std::string_view converra_one = R"({
  "id": "agent_123",
  "name": "Customer Support",
  "content": "You are a helpful customer support agent...",
  "llmModel": "gpt-4o",
  "description": "Main support chatbot",
  "tags": ["support", "production"],
  "status": "active",
  "createdAt": "2025-01-15T10:00:00Z",
  "updatedAt": "2025-01-20T14:30:00Z"
})";

constexpr std::string_view agenthuman_list = R"({
  "success": true,
  "agents": [
    {
      "agent_id": 123,
      "name": "Sales Support Agent",
      "avatar_id": 1,
      "language": "en",
      "custom_greeting": "Welcome! How can I assist you today?",
      "context": "You are a helpful sales assistant.",
      "status": "active",
      "created_at": "2024-01-15T10:30:00Z",
      "updated_at": "2024-01-15T10:30:00Z",
      "last_used_at": "2024-01-15T12:00:00Z",
      "total_sessions": 5,
      "avg_duration": 120.5,
      "avatar_name": "Professional Avatar",
      "avatar_url": "https://example.com/avatar.jpg",
      "voice_id": "21m00Tcm4TlvDq8ikWAM"
    }
  ]
})";

/// The opening and closing of an answer around `inside`: what stands before and behind the items.
std::string around(const json_pointer& at, bool success, std::string_view inside) {
    std::string text{inside};
    for (auto key = at.rbegin(); key != at.rend(); ++key) {
        text = "{\""s + *key + "\": "s + text + "}";
    }
    if (success) text.insert(1, "\"success\": true, ");
    return text;
}

dialect make_hyperrep() {
    dialect made;
    made.provider = "reps";
    made.rules = {
        {"id", from("/agent_id")}, {"name", from("/name")}, {"type", constant("human")}, {"email", from("/email")}};
    made.list.items = pointer("/data");
    made.list.next = pointer("/pagination/next_cursor");
    made.list.has_more = pointer("/pagination/has_more");
    made.errors.message = {pointer("/detail")};
    made.list_example = hyperrep_list;
    made.one_example = hyperrep_one;
    return made;
}

dialect make_heppu() {
    dialect made;
    made.provider = "heppu";
    made.rules = {
        {"id", from("/id")},
        {"name", from("/name")},
        {"type", choices("/type", {"voice", "chat"})},
        {"status", choices("/status", {"active", "inactive", "training", "deployed"})},
        {"model", from("/model")},
        {"instructions", from("/instructions")},
        {"greeting", from("/config/greeting")},
        {"tools", records("/tools", {{"id", from("/id")},
                                     {"name", from("/name")},
                                     {"description", from("/description")},
                                     {"category", from("/category")},
                                     {"config", from("/config")}})},
        {"phone_numbers", from("/phoneNumbers")},
        {"voice", one_record({{"id", from("/config/voice")}})},
        {"config", from("/config")},
        {"created_at", from("/createdAt")},
        {"updated_at", from("/updatedAt")},
    };
    made.list.items = pointer("/data/agents");
    made.list.success = pointer("/success");
    made.list.has_more = pointer("/data/pagination/hasMore");
    made.one_at = pointer("/data");
    made.errors.code = {pointer("/error/code")};
    made.errors.message = {pointer("/error/message"), pointer("/error")};
    made.list_example = heppu_list;
    made.one_example = heppu_one;
    return made;
}

dialect make_converra() {
    dialect made;
    made.provider = "converra";
    made.rules = {
        {"id", from("/id")},
        {"name", from("/name")},
        {"status", choices("/status", {"active", "draft", "archived", "deprecated"})},
        {"description", from("/description")},
        {"model", from("/llmModel")},
        {"instructions", from("/content")},
        {"tags", from("/tags")},
        {"usage", one_record({{"conversations", from("/conversationCount")}})},
        {"created_at", from("/createdAt")},
        {"updated_at", from("/updatedAt")},
    };
    made.list.items = pointer("/data");
    made.list.total = pointer("/pagination/total");
    made.errors.code = {pointer("/error/code")};
    made.errors.message = {pointer("/error/message")};
    made.errors.details = pointer("/error/details");
    made.list_example = converra_list;
    made.one_example = converra_one;
    return made;
}

dialect make_agenthuman() {
    dialect made;
    made.provider = "human-1";
    made.rules = {
        {"id", id_from("/agent_id")},
        {"name", from("/name")},
        {"type", constant("avatar")},
        {"status", choices("/status", {"active", "inactive"})},
        {"language", from("/language")},
        {"instructions", from("/context")},
        {"greeting", from("/custom_greeting")},
        {"voice", one_record({{"id", from("/voice_id")}})},
        {"avatar",
         one_record({{"id", id_from("/avatar_id")}, {"name", from("/avatar_name")}, {"url", from("/avatar_url")}})},
        {"usage", one_record({{"conversations", from("/total_sessions")}, {"avg_duration_s", from("/avg_duration")}})},
        {"created_at", from("/created_at")},
        {"updated_at", from("/updated_at")},
        {"last_used_at", from("/last_used_at")},
    };
    made.list.items = pointer("/agents");
    made.list.success = pointer("/success");
    made.errors.message = {pointer("/error/message"), pointer("/error")};
    made.list_example = agenthuman_list;
    return made;
}

}  // namespace

field_rule from(std::string_view text) {
    field_rule rule;
    rule.from.push_back(pointer(text));
    return rule;
}

field_rule id_from(std::string_view text) {
    field_rule rule = from(text);
    rule.to_string = true;
    return rule;
}

field_rule constant(std::string_view text) {
    field_rule rule;
    rule.constant = text;
    return rule;
}

field_rule choices(std::string_view text, std::initializer_list<std::string> same) {
    field_rule rule = from(text);
    for (const std::string& value : same)
        rule.values.emplace(value, value);
    return rule;
}

field_rule one_record(field_rules fields) {
    field_rule rule;
    rule.fields = std::move(fields);
    return rule;
}

field_rule records(std::string_view text, field_rules fields) {
    field_rule rule = from(text);
    rule.fields = std::move(fields);
    return rule;
}

list_plan dialect::plan_of_list() const {
    return compile_list(agent_record.fields, rules, list, provider, compile_errors(errors));
}

one_plan dialect::plan_of_one() const {
    return compile_one(agent_record.fields, rules, one_at, list.success, provider, compile_errors(errors));
}

std::string dialect::list_of(std::string_view items) const {
    return around(list.items, list.success.has_value(), "["s + std::string{items} + "]");
}

std::string dialect::one_of(std::string_view item) const {
    return around(one_at, list.success.has_value(), item);
}

json_pointer pointer(std::string_view text) {
    json_pointer keys;
    while (!text.empty()) {
        text.remove_prefix(1);
        const std::size_t end = std::min(text.find('/'), text.size());
        keys.emplace_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return keys;
}

const dialect& hyperrep() {
    static const dialect made = make_hyperrep();
    return made;
}

const dialect& heppu() {
    static const dialect made = make_heppu();
    return made;
}

const dialect& converra() {
    static const dialect made = make_converra();
    return made;
}

const dialect& agenthuman() {
    static const dialect made = make_agenthuman();
    return made;
}

std::span<const dialect* const> all_dialects() {
    static const std::array all{&hyperrep(), &heppu(), &converra(), &agenthuman()};
    return all;
}

}  // namespace rollcall::normalizers::tests
