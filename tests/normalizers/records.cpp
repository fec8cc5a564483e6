// The contract's sub-resources as field rules, and what the documentation of HyperRep and Converra shows of them.
#include "tests/normalizers/records.hpp"

#include "tests/normalizers/dialects.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace rollcall::normalizers::tests {
namespace {

// A comma too many behind the item is left out.
constexpr std::string_view conversations_example = R"({
"data": [
{
"conversation_id": "gAAAAABexampleConversationIdReturnedByApi8kP3xLs7dV2mTr5cN9hY1uJ4",
"start_at": "2026-03-12T01:28:11.008525Z",
"last_activity_at": "2026-03-12T01:28:41.829924Z",
"folder": "primary",
"is_read": true,
"contact_id": "gAAAAABexampleContactIdReturnedByApi9mN4qP2xLs9dV5kTr8cY1hJ6uW3"
}
],
"pagination": {
"limit": 25,
"cursor": null,
"next_cursor": null,
"has_more": false
}
})";

constexpr std::string_view sales_example = R"({
"data": [
{
"sale_id": "gAAAAABexampleSaleIdReturnedByApi0qN8xLm3sV6kRt2cY9hJ4uW1dF7",
"associated_conversation_ids": [
"gAAAAABexampleConversationIdReturnedByApi8kP3xLs7dV2mTr5cN9hY1uJ4"
],
"company_id": "gAAAAABexampleCompanyIdReturnedByApi6vT2mQ9xLs4dK7pNc1hY5uJ8rF3",
"owner_id": "gAAAAABexampleAgentIdReturnedByApi5qN8xLm3sV6kRt2cY9hJ4uW1dF7",
"associated_contacts": [
{
"contact_id": "gAAAAABexampleContactIdReturnedByApi9mN4qP2xLs9dV5kTr8cY1hJ6uW3",
"is_primary": true
}
],
"quote_details": {
"output": {
"currency": "USD",
"total_price": "1200.00"
},
"arguments": {
"products": [
{
"quantity": 1,
"unit_price": "1200.00",
"product_name": "Enterprise Software License"
}
]
}
},
"notes": "Customer is interested in a 1-year license with priority support.",
"current_status": {
"label": "Accepted",
"status": "accepted",
"changed_at": "2026-03-13T01:28:41.829924Z"
},
"status_history": [
{
"label": "Qualified",
"status": null,
"changed_at": "2026-03-12T01:28:41.829924Z"
},
{
"label": "Quoted",
"status": "quote_sent",
"changed_at": "2026-03-12T01:43:41.829924Z"
},
{
"label": "Accepted",
"status": "accepted",
"changed_at": "2026-03-13T01:28:41.829924Z"
}
],
"created_at": "2026-03-12T01:28:41.829924Z",
"last_activity_at": "2026-03-12T01:28:41.829924Z"
}
],
"pagination": {
"limit": 25,
"cursor": null,
"next_cursor": null,
"has_more": false
}
})";

constexpr std::string_view analytics_example = R"({
"conversations": {
"conversationsRespondedTo": 42,
"messagesSent": 118
},
"sales": {
"pipeline": [
{
"name": "Accepted",
"status": "accepted",
"volume": 1,
"value": "1200.0"
},
{
"name": "Closed Won",
"status": null,
"volume": 1,
"value": "1200.0"
}
],
"salesRate": 0.4
}
})";

constexpr std::string_view conversation_analytics_example = R"({
"conversationsRespondedTo": 42,
"messagesSent": 118
})";

constexpr std::string_view sales_analytics_example = R"({
"pipeline": [
{
"name": "Accepted",
"status": "accepted",
"volume": 1,
"value": "1200.0"
}
],
"salesRate": 0.4
})";

constexpr std::string_view status_example = R"({
  "id": "agent_123",
  "name": "Customer Support",
  "status": "active",
  "optimizationState": "idle",
  "metrics": {
    "conversationCount": 1247,
    "taskCompletionRate": 87.3,
    "avgSentiment": 0.72
  },
  "lastOptimized": "2025-01-18T10:00:00Z"
})";

constexpr std::string_view insights_example = R"({
  "agentId": "agent_123",
  "period": {
    "days": 30,
    "from": "2024-12-21T00:00:00Z",
    "to": "2025-01-20T23:59:59Z"
  },
  "summary": {
    "totalConversations": 1247,
    "completedConversations": 1089,
    "abandonedConversations": 158,
    "completionRate": 87.3
  },
  "metrics": {
    "taskCompletion": {
      "rate": 82.5,
      "trend": "+3.2%"
    },
    "sentiment": {
      "average": 0.72,
      "distribution": {
        "positive": 68,
        "neutral": 24,
        "negative": 8
      }
    },
    "avgResponseTime": 1.2,
    "avgConversationLength": 6.4
  },
  "topIssues": [
    {
      "issue": "Unclear refund policy explanation",
      "frequency": 23,
      "impact": "high"
    }
  ],
  "recommendations": [
    "Consider adding specific refund timelines to reduce follow-up questions"
  ]
})";

/// The first of two pointers that is there: the half of a combined answer, or the half alone.
field_rule either(std::string_view combined, std::string_view alone, field_rules fields = {}) {
    field_rule rule = records(combined, std::move(fields));
    rule.from.push_back(pointer(alone));
    return rule;
}

field_rules conversation_counts() {
    return {{"responded_to", either("/conversations/conversationsRespondedTo", "/conversationsRespondedTo")},
            {"messages_sent", either("/conversations/messagesSent", "/messagesSent")}};
}

field_rules sales_counts() {
    return {{"pipeline", either("/sales/pipeline", "/pipeline",
                                {{"name", from("/name")},
                                 {"status", from("/status")},
                                 {"volume", from("/volume")},
                                 {"value", from("/value")}})},
            {"sales_rate", either("/sales/salesRate", "/salesRate")}};
}

field_rules stage_rules(std::string_view base) {
    const std::string at{base};
    return {{"label", from(at + "/label")}, {"status", from(at + "/status")}, {"changed_at", from(at + "/changed_at")}};
}

field_rules conversation_rules() {
    return {{"id", from("/conversation_id")},  {"contact_id", from("/contact_id")},
            {"folder", from("/folder")},       {"is_read", from("/is_read")},
            {"started_at", from("/start_at")}, {"last_activity_at", from("/last_activity_at")}};
}

field_rules sale_rules() {
    return {
        {"id", from("/sale_id")},
        {"company_id", from("/company_id")},
        {"owner_id", from("/owner_id")},
        {"conversation_ids", from("/associated_conversation_ids")},
        {"contacts",
         records("/associated_contacts", {{"id", from("/contact_id")}, {"is_primary", from("/is_primary")}})},
        {"quote", one_record({{"currency", from("/quote_details/output/currency")},
                              {"total_price", from("/quote_details/output/total_price")},
                              {"products",
                               records("/quote_details/arguments/products", {{"name", from("/product_name")},
                                                                             {"quantity", from("/quantity")},
                                                                             {"unit_price", from("/unit_price")}})}})},
        {"notes", from("/notes")},
        {"status", one_record(stage_rules("/current_status"))},
        {"status_history", records("/status_history", stage_rules(""))},
        {"created_at", from("/created_at")},
        {"last_activity_at", from("/last_activity_at")},
    };
}

field_rules status_rules() {
    return {{"id", from("/id")},
            {"name", from("/name")},
            {"status", choices("/status", {"active", "draft", "archived", "deprecated"})},
            {"optimization_state", from("/optimizationState")},
            {"metrics", from("/metrics")},
            {"last_optimized_at", from("/lastOptimized")}};
}

page sound(result<page> outcome, std::string_view body) {
    INFO(body);
    if (!outcome.has_value()) FAIL(outcome.error().detail);
    return *std::move(outcome);
}

}  // namespace

list_plan record_sample::plan_of_list() const {
    list_pointers pointers;
    pointers.items = pointer("/data");
    return compile_list(of.fields, rules, pointers, provider, {});
}

one_plan record_sample::plan_of_one() const {
    return compile_one(of.fields, rules, {}, {}, provider, {});
}

page record_sample::read(std::string_view body, std::string_view subject) const {
    reader reader;
    if (is_list) return sound(reader.read_list(plan_of_list(), std::string{body}, subject), body);
    return sound(reader.read_one(plan_of_one(), std::string{body}, subject), body);
}

boost::json::object record_sample::record_of(const page& page, std::size_t place) const {
    REQUIRE(place < page.items.size());
    const std::string text = fmt::format("{{{}}}", page.members(page.items[place], 0, of.fields.size()));
    return boost::json::parse(text).as_object();
}

const record_sample& hyperrep_conversations() {
    static const record_sample sample{conversation_record, "reps", conversation_rules(), true, conversations_example};
    return sample;
}

const record_sample& hyperrep_sales() {
    static const record_sample sample{sale_record, "reps", sale_rules(), true, sales_example};
    return sample;
}

const record_sample& hyperrep_analytics() {
    static const record_sample sample{
        analytics_record,
        "reps",
        {{"conversations", one_record(conversation_counts())}, {"sales", one_record(sales_counts())}},
        false,
        analytics_example};
    return sample;
}

const record_sample& hyperrep_conversation_analytics() {
    static const record_sample sample{conversation_analytics_record,
                                      "reps",
                                      {{"conversations", one_record(conversation_counts())}},
                                      false,
                                      conversation_analytics_example};
    return sample;
}

const record_sample& hyperrep_sales_analytics() {
    static const record_sample sample{
        sales_analytics_record, "reps", {{"sales", one_record(sales_counts())}}, false, sales_analytics_example};
    return sample;
}

const record_sample& converra_status() {
    static const record_sample sample{status_record, "converra", status_rules(), false, status_example};
    return sample;
}

const record_sample& converra_insights() {
    static const record_sample sample{insights_record, "converra", {}, false, insights_example};
    return sample;
}

}  // namespace rollcall::normalizers::tests
