// The shipped profiles against the contract's tables, and profiles of other APIs.
#include "base/embedded.hpp"
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

using pointers = std::vector<json_pointer>;
using pairs = std::map<std::string, std::string>;

profile shipped(const std::string& name) {
    const auto [read, faults] = load_text(repository_text("config/profiles/" + name + ".yaml"), name);
    CHECK(faults == "");
    CHECK(read.name == name);
    return read;
}

profile other(const std::string& name) {
    const auto [read, faults] = load_text(repository_text("tests/profiles/" + name + ".yaml"), name);
    CHECK(faults == "");
    CHECK(read.name == name);
    return read;
}

using names = std::set<std::string>;

/// Every field that has a rule.
names mapped(const normalizers::field_rules& rules) {
    names result;
    for (const auto& [name, rule] : rules)
        result.insert(name);
    return result;
}

names mapped(const profile& profile) {
    return mapped(profile.agent);
}

names offered(const profile& profile) {
    names result;
    for (std::size_t i = 0; i < operation_count; ++i) {
        if (profile.operations[i]) result.emplace(operation_names[i]);
    }
    return result;
}

/// What the operation's call is: its method, path and query.
std::string call(const profile& profile, operation_kind kind) {
    const auto& operation = *profile.of(kind);
    std::string text = operation.method + ' ' + operation.path;
    for (const auto& [name, value] : operation.query)
        text += (text.find('?') == std::string::npos ? '?' : '&') + name + '=' + value;
    return text;
}

pointers from(const profile& profile, const std::string& field) {
    return profile.agent.at(field).from;
}

pointers from(const profile& profile, const std::string& field, const std::string& inner) {
    return profile.agent.at(field).fields.at(inner).from;
}

}  // namespace

TEST_CASE("the shipped profiles are built in, four of them, under their own names") {
    std::set<std::string> names;
    for (const auto& file : embedded::shipped_profiles) {
        names.emplace(file.name);
        CHECK(load_text(file.text).faults == "");
        CHECK(load_text(file.text).profile.name == file.name);
    }
    CHECK(names == std::set<std::string>{"agenthuman", "converra", "heppu", "hyperrep"});
}

TEST_CASE("HyperRep as the contract's table has it") {
    const auto read = shipped("hyperrep");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "type", "email"});
    CHECK(from(read, "id") == pointers{{"agent_id"}});
    CHECK(from(read, "email") == pointers{{"email"}});
    CHECK(read.agent.at("type").constant == "human");
    CHECK(read.auth->header == "X-API-KEY");
    CHECK(read.of(operation_kind::list)->path == "/api/v2/organizations/{organization_id}/agents");
    CHECK(read.of(operation_kind::get)->path == "/api/v2/organizations/{organization_id}/agents/{id}");
    CHECK(read.of(operation_kind::get)->at.empty());
    CHECK_FALSE(read.params.at("organization_id").fallback.has_value());
    CHECK(read.paging.style == paging_style::cursor);
    CHECK(read.paging.size_maximum == 500);
    CHECK(read.paging.next == json_pointer{"pagination", "next_cursor"});
    CHECK(read.paging.has_more == json_pointer{"pagination", "has_more"});
    CHECK_FALSE(read.filter_status.has_value());
}

TEST_CASE("HyperRep's lists and analytics of an agent") {
    using enum operation_kind;
    const auto read = shipped("hyperrep");
    CHECK(offered(read) ==
          names{"list", "get", "conversations", "sales", "analytics", "analytics_conversations", "analytics_sales"});
    const std::string agent = "GET /api/v2/organizations/{organization_id}/agents/{id}/";
    const std::string dates = "?start_date={start_date}&end_date={end_date}";
    CHECK(call(read, conversations) == agent + "conversations" + dates);
    CHECK(call(read, sales) == agent + "sales" + dates);
    CHECK(call(read, analytics) == agent + "analytics" + dates);
    CHECK(call(read, analytics_conversations) == agent + "analytics/conversations" + dates);
    CHECK(call(read, analytics_sales) == agent + "analytics/sales" + dates);
    CHECK(read.of(conversations)->at == json_pointer{"data"});
    CHECK(read.of(sales)->at == json_pointer{"data"});
    CHECK(read.of(analytics)->at.empty());

    CHECK(mapped(read.conversation) ==
          names{"id", "contact_id", "folder", "is_read", "started_at", "last_activity_at"});
    CHECK(read.conversation.at("id").from == pointers{{"conversation_id"}});
    CHECK(read.conversation.at("started_at").from == pointers{{"start_at"}});

    CHECK(mapped(read.sale) == names{"id", "company_id", "owner_id", "conversation_ids", "contacts", "quote", "notes",
                                     "status", "status_history", "created_at", "last_activity_at"});
    CHECK(read.sale.at("id").from == pointers{{"sale_id"}});
    CHECK(read.sale.at("conversation_ids").from == pointers{{"associated_conversation_ids"}});
    CHECK(read.sale.at("contacts").from == pointers{{"associated_contacts"}});
    CHECK(mapped(read.sale.at("contacts").fields) == names{"id", "is_primary"});
    const auto& quote = read.sale.at("quote").fields;
    CHECK(quote.at("currency").from == pointers{{"quote_details", "output", "currency"}});
    CHECK(quote.at("total_price").from == pointers{{"quote_details", "output", "total_price"}});
    CHECK(quote.at("products").from == pointers{{"quote_details", "arguments", "products"}});
    CHECK(quote.at("products").fields.at("name").from == pointers{{"product_name"}});
    CHECK(mapped(quote.at("products").fields) == names{"name", "quantity", "unit_price"});
    CHECK(read.sale.at("status").fields.at("label").from == pointers{{"current_status", "label"}});
    CHECK(mapped(read.sale.at("status").fields) == names{"label", "status", "changed_at"});
    CHECK(mapped(read.sale.at("status_history").fields) == names{"label", "status", "changed_at"});

    const auto& counts = read.analytics.at("conversations").fields;
    CHECK(counts.at("responded_to").from ==
          pointers{{"conversations", "conversationsRespondedTo"}, {"conversationsRespondedTo"}});
    CHECK(counts.at("messages_sent").from == pointers{{"conversations", "messagesSent"}, {"messagesSent"}});
    const auto& pipeline = read.analytics.at("sales").fields.at("pipeline");
    CHECK(pipeline.from == pointers{{"sales", "pipeline"}, {"pipeline"}});
    CHECK(mapped(pipeline.fields) == names{"name", "status", "volume", "value"});
    CHECK(read.analytics.at("sales").fields.at("sales_rate").from == pointers{{"sales", "salesRate"}, {"salesRate"}});
    CHECK_FALSE(read.quota.has_value());  // it documents none
    CHECK(read.write.empty());
}

TEST_CASE("Heppu as the contract's table has it") {
    const auto read = shipped("heppu");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "type", "status", "model", "instructions", "greeting",
                                                "tools", "phone_numbers", "voice", "config", "created_at",
                                                "updated_at"});
    CHECK(from(read, "greeting") == pointers{{"config", "greeting"}});
    CHECK(from(read, "voice", "id") == pointers{{"config", "voice"}});
    CHECK(from(read, "phone_numbers") == pointers{{"phoneNumbers"}});
    CHECK(from(read, "config") == pointers{{"config"}});
    CHECK(from(read, "tools") == pointers{{"tools"}});
    CHECK(read.agent.at("tools").fields.size() == 5);
    CHECK(read.agent.at("type").values == pairs{{"voice", "voice"}, {"chat", "chat"}});
    CHECK(read.agent.at("status").values ==
          pairs{{"active", "active"}, {"inactive", "inactive"}, {"training", "training"}, {"deployed", "deployed"}});
    CHECK(read.filter_type->values == pairs{{"voice", "voice"}, {"chat", "chat"}});
    CHECK(read.filter_status->values.size() == 4);
    CHECK_FALSE(read.filter_tags.has_value());
    CHECK(read.of(operation_kind::list)->success == json_pointer{"success"});
    CHECK(read.of(operation_kind::get)->at == json_pointer{"data"});
    CHECK(read.paging.style == paging_style::offset);
    CHECK(read.paging.has_more == json_pointer{"data", "pagination", "hasMore"});
    CHECK_FALSE(read.paging.total.has_value());
}

TEST_CASE("Heppu has agents to be read, and nothing else") {
    const auto read = shipped("heppu");
    CHECK(offered(read) == names{"list", "get"});
    CHECK(read.errors.code == pointers{{"error", "code"}});
    CHECK(read.errors.message == pointers{{"error", "message"}, {"error"}});
    CHECK_FALSE(read.errors.details.has_value());
    CHECK_FALSE(read.quota.has_value());
}

TEST_CASE("Converra as the contract's table has it") {
    const auto read = shipped("converra");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "status", "description", "model", "instructions", "tags",
                                                "usage", "created_at", "updated_at"});
    CHECK(from(read, "model") == pointers{{"llmModel"}});
    CHECK(from(read, "instructions") == pointers{{"content"}});
    CHECK(from(read, "usage", "conversations") == pointers{{"conversationCount"}});
    CHECK(read.agent.at("status").values.at("deprecated") == "deprecated");
    CHECK(read.auth->scheme == authentication::scheme::bearer);
    CHECK(read.filter_status->values == pairs{{"active", "active"}, {"draft", "draft"}, {"archived", "archived"}});
    CHECK(read.filter_tags->query == "tags");
    CHECK(read.paging.total == json_pointer{"pagination", "total"});
    CHECK_FALSE(read.paging.has_more.has_value());
}

TEST_CASE("Converra's writes, status and insights") {
    using enum operation_kind;
    const auto read = shipped("converra");
    CHECK(offered(read) == names{"list", "get", "create", "update", "delete", "status", "insights"});
    CHECK(call(read, create) == "POST /api/v1/agents");
    CHECK(call(read, update) == "PATCH /api/v1/agents/{id}");
    CHECK(call(read, delete_) == "DELETE /api/v1/agents/{id}");
    CHECK(call(read, operation_kind::status) == "GET /api/v1/agents/{id}/status");
    CHECK(call(read, insights) == "GET /api/v1/agents/{id}/insights?days={days}");
    CHECK(read.of(delete_)->success == json_pointer{"success"});
    CHECK(read.of(insights)->at.empty());
    CHECK(read.errors.details == json_pointer{"error", "details"});
    REQUIRE(read.quota.has_value());
    CHECK(read.quota->calls == 60);
    CHECK(read.quota->per == std::chrono::minutes{1});

    std::map<std::string, json_pointer> places;
    names required;
    for (const auto& [name, rule] : read.write) {
        places.emplace(name, rule.to);
        if (rule.required) required.insert(name);
    }
    CHECK(places == std::map<std::string, json_pointer>{{"name", {"name"}},
                                                        {"instructions", {"content"}},
                                                        {"model", {"llmModel"}},
                                                        {"description", {"description"}},
                                                        {"tags", {"tags"}},
                                                        {"temperature", {"temperature"}},
                                                        {"max_tokens", {"maxTokens"}}});
    CHECK(required == names{"name", "instructions", "model"});
    CHECK(read.write.at("temperature").minimum == 0.0);
    CHECK(read.write.at("temperature").maximum == 2.0);
    CHECK(read.write.at("max_tokens").minimum == 1.0);
    CHECK_FALSE(read.write.at("max_tokens").maximum.has_value());

    CHECK(mapped(read.status) == names{"id", "name", "status", "optimization_state", "metrics", "last_optimized_at"});
    CHECK(read.status.at("status").values == read.agent.at("status").values);
    CHECK(read.status.at("optimization_state").from == pointers{{"optimizationState"}});
    CHECK(read.status.at("last_optimized_at").from == pointers{{"lastOptimized"}});
}

TEST_CASE("Agent Human as the contract's table has it") {
    const auto read = shipped("agenthuman");
    CHECK(mapped(read) == std::set<std::string>{"id", "name", "type", "status", "language", "instructions", "greeting",
                                                "voice", "avatar", "usage", "created_at", "updated_at",
                                                "last_used_at"});
    CHECK(from(read, "id") == pointers{{"agent_id"}});
    CHECK(read.agent.at("id").to_string);
    CHECK(read.agent.at("type").constant == "avatar");
    CHECK(from(read, "instructions") == pointers{{"context"}});
    CHECK(from(read, "greeting") == pointers{{"custom_greeting"}});
    CHECK(from(read, "voice", "id") == pointers{{"voice_id"}});
    CHECK(read.agent.at("avatar").fields.at("id").to_string);
    CHECK(from(read, "avatar", "url") == pointers{{"avatar_url"}});
    CHECK(from(read, "usage", "conversations") == pointers{{"total_sessions"}});
    CHECK(from(read, "usage", "avg_duration_s") == pointers{{"avg_duration"}});
    CHECK(read.params.at("path_prefix").fallback == "/v1");
    CHECK(read.of(operation_kind::list)->path == "{+path_prefix}/agents");
    CHECK(offered(read) == names{"list"});
    REQUIRE(read.quota.has_value());
    CHECK(read.quota->calls == 60);
    CHECK(read.quota->per == std::chrono::minutes{1});
    CHECK(read.paging.style == paging_style::none);
}

TEST_CASE("APIs that are no shipped profiles fit into one") {
    CHECK(other("freshdesk").of(operation_kind::list)->at.empty());
    CHECK(other("freshdesk").auth->scheme == authentication::scheme::basic);
    CHECK(other("freshdesk").paging.style == paging_style::page);
    CHECK(other("freshdesk-link").paging.style == paging_style::link);
    CHECK(other("retell").of(operation_kind::list)->method == "POST");
    CHECK(other("retell").paging.in == placement::body);
    CHECK(other("retell").agent.at("updated_at").time == normalizers::time_form::epoch_milliseconds);
    CHECK(other("assistants").paging.style == paging_style::last_id);
    CHECK(other("assistants").agent.at("created_at").time == normalizers::time_form::epoch_seconds);
}

}  // namespace rollcall::adapters
