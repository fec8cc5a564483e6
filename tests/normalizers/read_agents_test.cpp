// The four dialects' agents, read into the one shape: the documentation's examples, and every row of the contract's
// table.
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

namespace json = boost::json;

/// An agent that has only ids and provider, changed by `fields`.
json::object agent_with(const dialect& dialect, std::string_view native_id, std::string_view fields) {
    json::object agent;
    for (const field& field : agent_record.fields) {
        const bool list = field.kind == kind::text_list || field.kind == kind::record_list;
        agent[field.name] = list ? json::value(json::array{}) : json::value(nullptr);
    }
    agent["id"] = std::string{dialect.provider} + ":" + std::string{native_id};
    agent["provider"] = dialect.provider;
    agent["native_id"] = native_id;
    if (dialect.rules.contains("type") && dialect.rules.at("type").constant)
        agent["type"] = *dialect.rules.at("type").constant;
    const json::value changes = json::parse(fields);
    for (const auto& [name, value] : changes.as_object()) {
        REQUIRE(agent.contains(name));
        agent[name] = value;
    }
    return agent;
}

void check_agent(const json::object& read, const json::object& expected) {
    CHECK(read.size() == agent_record.fields.size());
    for (const auto& [name, value] : expected) {
        INFO(std::string{name});
        REQUIRE(read.contains(name));
        CHECK(json::serialize(read.at(name)) == json::serialize(value));
    }
}

TEST_CASE("HyperRep's documented list") {
    const page page = read_sound_list(hyperrep(), hyperrep().list_example);
    REQUIRE(page.items.size() == 1);
    check_agent(agent_of(page),
                agent_with(hyperrep(), "gAAAAABexampleAgentIdReturnedByApi5qN8xLm3sV6kRt2cY9hJ4uW1dF7", R"({
        "name": "Kara Danvers", "type": "human", "email": "kara@example.com"})"));
    CHECK(page.has_more == false);
    CHECK(page.next.empty());
    CHECK(page.items[0].type == choice_of(agent_types, "human"));
    CHECK(page.items[0].status == no_choice);
    CHECK(faults_of(page).empty());
}

TEST_CASE("Heppu's documented list") {
    const page page = read_sound_list(heppu(), heppu().list_example);
    REQUIRE(page.items.size() == 2);
    check_agent(agent_of(page, 0), agent_with(heppu(), "550e8400-e29b-41d4-a716-446655440000", R"({
        "name": "Customer Support Agent", "type": "voice", "status": "active", "model": "gpt-realtime-2025-08-28",
        "instructions": "You are a helpful customer support agent...",
        "tools": [{"id": "web_search", "name": "Web Search", "description": "Search the web for information",
                   "category": null, "config": null}],
        "phone_numbers": ["+1234567890"], "voice": {"id": "sage"},
        "config": {"voice": "sage", "speed": 1.0, "interruptionThreshold": 0.5},
        "created_at": "2025-01-15T10:30:00Z", "updated_at": "2025-01-15T10:30:00Z"})"));
    check_agent(agent_of(page, 1), agent_with(heppu(), "660e8400-e29b-41d4-a716-446655440001", R"({
        "name": "Website Chat Assistant", "type": "chat", "status": "active", "model": "gpt-4o",
        "instructions": "You are a friendly website assistant...", "greeting": "Hello! How can I help you today?",
        "tools": [{"id": "calculator", "name": "Calculator", "description": "Perform mathematical calculations",
                   "category": null, "config": null}],
        "config": {"theme": "dark", "primaryColor": "#3B82F6", "position": "bottom-right",
                   "greeting": "Hello! How can I help you today?", "placeholder": "Type your message...",
                   "allowedDomains": ["example.com"]},
        "created_at": "2025-01-15T11:00:00Z", "updated_at": "2025-01-15T11:00:00Z"})"));
    CHECK(page.has_more == false);
    CHECK(page.items[1].type == choice_of(agent_types, "chat"));
    CHECK(page.items[1].status == choice_of(agent_statuses, "active"));
    CHECK(faults_of(page).empty());
}

TEST_CASE("Converra's documented list") {
    const page page = read_sound_list(converra(), converra().list_example);
    REQUIRE(page.items.size() == 1);
    check_agent(agent_of(page), agent_with(converra(), "agent_123", R"({
        "name": "Customer Support", "instructions": "You are a helpful...", "model": "gpt-4o",
        "description": "Main support chatbot", "tags": ["support", "production"], "status": "active",
        "created_at": "2025-01-15T10:00:00Z", "updated_at": "2025-01-20T14:30:00Z"})"));
    CHECK(page.total == 15U);
    CHECK_FALSE(page.has_more.has_value());
    CHECK(faults_of(page).empty());
}

TEST_CASE("Agent Human's documented list") {
    const page page = read_sound_list(agenthuman(), agenthuman().list_example);
    REQUIRE(page.items.size() == 1);
    check_agent(agent_of(page), agent_with(agenthuman(), "123", R"({
        "name": "Sales Support Agent", "type": "avatar", "language": "en",
        "greeting": "Welcome! How can I assist you today?", "instructions": "You are a helpful sales assistant.",
        "status": "active", "voice": {"id": "21m00Tcm4TlvDq8ikWAM"},
        "avatar": {"id": "1", "name": "Professional Avatar", "url": "https://example.com/avatar.jpg"},
        "usage": {"conversations": 5, "avg_duration_s": 120.5}, "created_at": "2024-01-15T10:30:00Z",
        "updated_at": "2024-01-15T10:30:00Z", "last_used_at": "2024-01-15T12:00:00Z"})"));
    CHECK(faults_of(page).empty());
}

TEST_CASE("the documented answers of one agent") {
    reader reader;
    for (const dialect* const dialect : {&hyperrep(), &heppu(), &converra()}) {
        INFO(dialect->provider);
        const auto outcome = reader.read_one(dialect->plan_of_one(), std::string{dialect->one_example});
        REQUIRE(outcome.has_value());
        CHECK(outcome->items.size() == 1);
        CHECK(outcome->received == 1);
        CHECK(faults_of(*outcome).empty());
        // The same item within a list comes to the same agent.
        const std::string_view source = outcome->items[0].source.of(outcome->body);
        CHECK(text_of(*outcome, outcome->items[0]) == [&] {
            const page list = read_items(*dialect, source);
            return text_of(list, list.items.at(0));
        }());
    }
    const auto voice = reader.read_one(heppu().plan_of_one(), std::string{heppu().one_example});
    REQUIRE(voice.has_value());
    const json::object agent = agent_of(*voice);
    CHECK(agent.at("tools").as_array().size() == 2);
    CHECK(agent.at("tools").at(1) == json::parse(R"({"id": "calendar", "name": "Calendar", "category": "productivity",
        "description": "Manage calendar events and appointments", "config": {}})"));
    CHECK(agent.at("phone_numbers") == json::parse(R"(["+1234567890", "+1987654321"])"));
    CHECK(agent.at("updated_at") == "2025-01-15T14:22:00Z");
}

struct row {
    const dialect& from;
    std::string_view field;
    std::string_view sent;      ///< members besides the id
    std::string_view expected;  ///< the field's value
    unsigned faults = 0;        ///< counted at the field
};

/// Reads one item with just an id and what the row sends, and looks at the one field.
void check(const row& row) {
    const std::string_view id = &row.from == &agenthuman() ? R"("agent_id": 7)"
                                : &row.from == &hyperrep() ? R"("agent_id": "7")"
                                                           : R"("id": "7")";
    const std::string comma = row.sent.empty() ? "" : ", ";
    const page page = read_items(row.from, "{"s + std::string{id} + comma + std::string{row.sent} + "}");
    INFO(row.from.provider, ": ", row.field, " from ", row.sent);
    CHECK(json::serialize(agent_of(page).at(row.field)) == json::serialize(json::parse(row.expected)));
    auto faults = faults_of(page);
    CHECK(faults[std::string{row.field}] == row.faults);
}

TEST_CASE("each field is taken from where the contract says") {
    const row rows[] = {
        {hyperrep(), "id", "", R"("reps:7")"},
        {hyperrep(), "native_id", "", R"("7")"},
        {hyperrep(), "provider", R"("provider": "x")", R"("reps")"},
        {hyperrep(), "name", R"("name": "Kara")", R"("Kara")"},
        {hyperrep(), "type", R"("type": "voice")", R"("human")"},
        {hyperrep(), "status", R"("status": "active")", "null"},
        {hyperrep(), "email", R"("email": "k@example.com")", R"("k@example.com")"},
        {hyperrep(), "tags", R"("tags": ["a"])", "[]"},
        {hyperrep(), "created_at", R"("created_at": "2025-01-15T10:30:00Z")", "null"},
        {heppu(), "id", "", R"("heppu:7")"},
        {heppu(), "native_id", "", R"("7")"},
        {heppu(), "name", R"("name": "N")", R"("N")"},
        {heppu(), "type", R"("type": "voice")", R"("voice")"},
        {heppu(), "status", R"("status": "inactive")", R"("inactive")"},
        {heppu(), "model", R"("model": "gpt-4o")", R"("gpt-4o")"},
        {heppu(), "instructions", R"("instructions": "Be kind.")", R"("Be kind.")"},
        {heppu(), "greeting", R"("config": {"greeting": "Hi"})", R"("Hi")"},
        {heppu(), "tools",
         R"("tools": [{"id": "t", "name": "T", "description": "D", "category": "C", "config": {"a": [1]}}])",
         R"([{"id": "t", "name": "T", "description": "D", "category": "C", "config": {"a": [1]}}])"},
        {heppu(), "phone_numbers", R"("phoneNumbers": ["+1", "+2"])", R"(["+1", "+2"])"},
        {heppu(), "voice", R"("config": {"voice": "sage"})", R"({"id": "sage"})"},
        {heppu(), "config", R"("config": {"x": {"y": []}})", R"({"x": {"y": []}})"},
        {heppu(), "created_at", R"("createdAt": "2025-01-15T10:30:00+02:00")", R"("2025-01-15T08:30:00Z")"},
        {heppu(), "updated_at", R"("updatedAt": "2025-01-15T10:30:00Z")", R"("2025-01-15T10:30:00Z")"},
        {heppu(), "last_used_at", R"("last_used_at": "2025-01-15T10:30:00Z")", "null"},
        {heppu(), "description", R"("description": "D")", "null"},
        {heppu(), "avatar", R"("avatar_id": 1)", "null"},
        {converra(), "id", "", R"("converra:7")"},
        {converra(), "name", R"("name": "N")", R"("N")"},
        {converra(), "type", R"("type": "voice")", "null"},
        {converra(), "status", R"("status": "deprecated")", R"("deprecated")"},
        {converra(), "description", R"("description": "D")", R"("D")"},
        {converra(), "model", R"("llmModel": "m")", R"("m")"},
        {converra(), "instructions", R"("content": "C")", R"("C")"},
        {converra(), "tags", R"("tags": [ "a" ,"b" ])", R"(["a", "b"])"},
        {converra(), "usage", R"("conversationCount": 12)", R"({"conversations": 12, "avg_duration_s": null})"},
        {converra(), "usage", "", "null"},
        {converra(), "created_at", R"("createdAt": "2025-01-15T10:00:00.123Z")", R"("2025-01-15T10:00:00.123Z")"},
        {converra(), "updated_at", R"("updatedAt": "2025-01-15T10:00:00Z")", R"("2025-01-15T10:00:00Z")"},
        {agenthuman(), "id", "", R"("human-1:7")"},
        {agenthuman(), "native_id", "", R"("7")"},
        {agenthuman(), "name", R"("name": "N")", R"("N")"},
        {agenthuman(), "type", "", R"("avatar")"},
        {agenthuman(), "status", R"("status": "active")", R"("active")"},
        {agenthuman(), "language", R"("language": "en")", R"("en")"},
        {agenthuman(), "instructions", R"("context": "C")", R"("C")"},
        {agenthuman(), "greeting", R"("custom_greeting": "Hi")", R"("Hi")"},
        {agenthuman(), "voice", R"("voice_id": "v")", R"({"id": "v"})"},
        {agenthuman(), "voice", R"("voice_id": null)", "null"},
        {agenthuman(), "avatar", R"("avatar_id": 1, "avatar_name": "A", "avatar_url": "u")",
         R"({"id": "1", "name": "A", "url": "u"})"},
        {agenthuman(), "avatar", R"("avatar_id": "one")", R"({"id": "one", "name": null, "url": null})"},
        {agenthuman(), "avatar", R"("avatar_name": "A", "avatar_url": "u")", "null"},
        {agenthuman(), "usage", R"("total_sessions": 5)", R"({"conversations": 5, "avg_duration_s": null})"},
        {agenthuman(), "usage", R"("avg_duration": 1.5e2)", R"({"conversations": null, "avg_duration_s": 150.0})"},
        {agenthuman(), "usage", R"("total_sessions": null)", "null"},
        {agenthuman(), "created_at", R"("created_at": "2024-01-15T10:30:00Z")", R"("2024-01-15T10:30:00Z")"},
        {agenthuman(), "updated_at", R"("updated_at": "2024-01-15T10:30:00Z")", R"("2024-01-15T10:30:00Z")"},
        {agenthuman(), "last_used_at", R"("last_used_at": "2024-01-15T10:30:00Z")", R"("2024-01-15T10:30:00Z")"},
    };
    for (const row& row : rows)
        check(row);
}

TEST_CASE("a value of the wrong type becomes null and counts at its field") {
    const row rows[] = {
        {hyperrep(), "name", R"("name": 5)", "null", 1},
        {hyperrep(), "name", R"("name": {"first": "Kara"})", "null", 1},
        {hyperrep(), "name", R"("name": ["Kara"])", "null", 1},
        {hyperrep(), "name", R"("name": true)", "null", 1},
        {hyperrep(), "email", R"("email": false)", "null", 1},
        {heppu(), "type", R"("type": 1)", "null", 1},
        {heppu(), "type", R"("type": ["voice"])", "null", 1},
        {heppu(), "status", R"("status": true)", "null", 1},
        {heppu(), "status", R"("status": {"is": "active"})", "null", 1},
        {heppu(), "model", R"("model": 4)", "null", 1},
        {heppu(), "instructions", R"("instructions": [])", "null", 1},
        {heppu(), "greeting", R"("config": {"greeting": 1})", "null", 1},
        {heppu(), "config", R"("config": [])", "null", 1},
        {heppu(), "config", R"("config": "dark")", "null", 1},
        {heppu(), "tools", R"("tools": {})", "[]", 1},
        {heppu(), "tools", R"("tools": "web_search")", "[]", 1},
        {heppu(), "phone_numbers", R"("phoneNumbers": "+1")", "[]", 1},
        {heppu(), "phone_numbers", R"("phoneNumbers": 5)", "[]", 1},
        {heppu(), "voice", R"("config": {"voice": {"name": "sage"}})", "null", 1},
        {heppu(), "created_at", R"("createdAt": 1736937000)", "null", 1},
        {heppu(), "created_at", R"("createdAt": "yesterday")", "null", 1},
        {heppu(), "updated_at", R"("updatedAt": {})", "null", 1},
        {converra(), "description", R"("description": 0)", "null", 1},
        {converra(), "tags", R"("tags": true)", "[]", 1},
        {converra(), "usage", R"("conversationCount": "12")", "null", 1},
        {agenthuman(), "language", R"("language": 1)", "null", 1},
        {agenthuman(), "voice", R"("voice_id": 21)", "null", 1},
        {agenthuman(), "avatar", R"("avatar_id": 1.5, "avatar_name": "A")", "null", 1},
        {agenthuman(), "avatar", R"("avatar_id": 1e3)", "null", 1},
        {agenthuman(), "avatar", R"("avatar_id": [1])", "null", 1},
        {agenthuman(), "avatar", R"("avatar_id": 1, "avatar_name": 2, "avatar_url": 3)",
         R"({"id": "1", "name": null, "url": null})", 2},
        {agenthuman(), "usage", R"("total_sessions": [], "avg_duration": "long")", "null", 2},
        {agenthuman(), "last_used_at", R"("last_used_at": "2024-01-15")", "null", 1},
    };
    for (const row& row : rows)
        check(row);
}

TEST_CASE("null and missing are no faults") {
    for (const dialect* const dialect : all_dialects()) {
        INFO(dialect->provider);
        const std::string id = dialect == &hyperrep() || dialect == &agenthuman() ? "agent_id" : "id";
        const page missing = read_items(*dialect, "{\""s + id + "\": \"x\"}");
        check_agent(agent_of(missing), agent_with(*dialect, "x", "{}"));
        CHECK(faults_of(missing).empty());

        std::string nulls = "{\""s + id + "\": \"x\"";
        for (const auto name : {"name",       "email",           "type",           "status",
                                "model",      "instructions",    "tools",          "phoneNumbers",
                                "config",     "createdAt",       "updatedAt",      "content",
                                "llmModel",   "description",     "tags",           "conversationCount",
                                "avatar_id",  "avatar_name",     "avatar_url",     "voice_id",
                                "language",   "custom_greeting", "context",        "created_at",
                                "updated_at", "last_used_at",    "total_sessions", "avg_duration"}) {
            nulls += ", \""s + std::string{name} + "\": null";
        }
        const page null = read_items(*dialect, nulls + "}");
        check_agent(agent_of(null), agent_with(*dialect, "x", "{}"));
        CHECK(faults_of(null).empty());
    }
}

TEST_CASE("a status that the table does not know is unknown, a type is null, and neither is a fault") {
    const row rows[] = {
        {heppu(), "status", R"("status": "paused")", R"("unknown")"},
        {heppu(), "status", R"("status": "")", R"("unknown")"},
        {heppu(), "status", R"("status": "Active")", R"("unknown")"},
        {heppu(), "status", R"("status": "draft")", R"("unknown")"},
        {heppu(), "status", R"("status": "\u0061ctive")", R"("active")"},
        {heppu(), "type", R"("type": "video")", "null"},
        {heppu(), "type", R"("type": "human")", "null"},
        {converra(), "status", R"("status": "training")", R"("unknown")"},
    };
    for (const row& row : rows)
        check(row);
    const page page = read_items(heppu(), R"({"id": "1", "status": "paused", "type": "video"})");
    CHECK(page.items[0].status == choice_of(agent_statuses, "unknown"));
    CHECK(page.items[0].type == no_choice);
}

TEST_CASE("wrong elements of a list are left out and counted") {
    const row rows[] = {
        {converra(), "tags", R"("tags": ["a", 1, "b", null, ["c"], {"d": "e"}, true])", R"(["a", "b"])", 5},
        {converra(), "tags", R"("tags": [1])", "[]", 1},
        {converra(), "tags", R"("tags": [])", "[]"},
        {converra(), "tags", R"("tags": ["", "a\"b", "\ud800"])", R"(["", "a\"b", "\ufffd"])"},
        {heppu(), "tools", R"("tools": [{"id": "t"}, "web", null, [{"id": "u"}], 5])",
         R"([{"id": "t", "name": null, "description": null, "category": null, "config": null}])", 4},
        {heppu(), "tools", R"("tools": [{"id": 1, "name": [], "config": "x"}, {}])",
         R"([{"id": null, "name": null, "description": null, "category": null, "config": null},
             {"id": null, "name": null, "description": null, "category": null, "config": null}])",
         3},
        {heppu(), "tools", R"("tools": [{"id": "a", "config": {"deep": [{}]}}, {"name": "b"}])",
         R"([{"id": "a", "name": null, "description": null, "category": null, "config": {"deep": [{}]}},
             {"id": null, "name": "b", "description": null, "category": null, "config": null}])"},
    };
    for (const row& row : rows)
        check(row);
}

TEST_CASE("a key that is there twice has its last value, with all that is below") {
    const row rows[] = {
        {heppu(), "name", R"("name": "first", "name": "last")", R"("last")"},
        {heppu(), "name", R"("name": "first", "name": null)", "null"},
        {heppu(), "name", R"("name": 5, "name": "last")", R"("last")"},
        {heppu(), "greeting", R"("config": {"greeting": "first"}, "config": {"x": 1})", "null"},
        {heppu(), "voice", R"("config": {"voice": "first"}, "config": 5)", "null"},
        {heppu(), "config", R"("config": {"a": 1}, "config": {"b": 2})", R"({"b": 2})"},
        {heppu(), "phone_numbers", R"("phoneNumbers": ["+1", "+2"], "phoneNumbers": ["+3"])", R"(["+3"])"},
        {heppu(), "phone_numbers", R"("phoneNumbers": ["+1", 5], "phoneNumbers": null)", "[]"},
        {heppu(), "tools", R"("tools": [{"id": "a", "id": "b"}])",
         R"([{"id": "b", "name": null, "description": null, "category": null, "config": null}])"},
    };
    for (const row& row : rows)
        check(row);
}

TEST_CASE("an escaped key is the key that it says") {
    const row rows[] = {
        {heppu(), "name", R"("n\u0061me": "N")", R"("N")"},
        {heppu(), "greeting", R"("c\u006fnfig": {"\u0067reeting": "Hi"})", R"("Hi")"},
        {heppu(), "name", R"("n\\u0061me": "N")", "null"},
        {heppu(), "name", R"("name\"": "N")", "null"},
        {heppu(), "name", R"("nam": "N", "names": "N", "": "N")", "null"},
        {heppu(), "name", R"("\ud800": "N")", "null"},
    };
    for (const row& row : rows)
        check(row);
}

TEST_CASE("texts are passed on as they were written") {
    const row rows[] = {
        {heppu(), "name", R"("name": "")", R"("")"},
        {heppu(), "name", R"("name": "\u00e9 \" \\ \/ \ud83d\ude00 é 😀")", R"("é \" \\ / 😀 é 😀")"},
        {heppu(), "name", R"("name": "\ud800 and \udc00")", R"("\ufffd and \ufffd")"},
        {heppu(), "created_at", R"("createdAt": "2025-01-15T10:30:00\u002B02:00")", R"("2025-01-15T08:30:00Z")"},
        {heppu(), "config", R"("config": {"\udfff": "\ud800"})", R"({"\ufffd": "\ufffd"})"},
        {agenthuman(), "usage", R"("total_sessions": 123456789012345678901234567890)",
         R"({"conversations": 123456789012345678901234567890, "avg_duration_s": null})"},
    };
    for (const row& row : rows)
        check(row);
}

}  // namespace
}  // namespace rollcall::normalizers::tests
