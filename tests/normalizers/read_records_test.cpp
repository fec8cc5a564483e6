// The records beside the Agent: the documentation's examples, and what is missing or odd in them.
#include "normalizers/snake_case.hpp"
#include "tests/normalizers/records.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

namespace json = boost::json;

using faults = std::vector<std::uint32_t>;

/// One record of `sample`, read from an item of a list or from the whole answer.
json::object read_record(const record_sample& sample, std::string_view sent) {
    const page page = sample.read(sample.is_list ? fmt::format(R"({{"data": [{}]}})", sent) : std::string{sent});
    return sample.record_of(page);
}

std::uint32_t total_of(const faults& faults) {
    std::uint32_t total = 0;
    for (const std::uint32_t count : faults)
        total += count;
    return total;
}

TEST_CASE("HyperRep's documented conversation") {
    const record_sample& sample = hyperrep_conversations();
    const page page = sample.read(sample.example, "gAAAAABexampleAgentId");
    REQUIRE(page.items.size() == 1);
    CHECK(json::serialize(sample.record_of(page)) == json::serialize(json::parse(R"({
        "id": "reps:gAAAAABexampleConversationIdReturnedByApi8kP3xLs7dV2mTr5cN9hY1uJ4",
        "provider": "reps",
        "native_id": "gAAAAABexampleConversationIdReturnedByApi8kP3xLs7dV2mTr5cN9hY1uJ4",
        "agent_id": "reps:gAAAAABexampleAgentId",
        "contact_id": "reps:gAAAAABexampleContactIdReturnedByApi9mN4qP2xLs9dV5kTr8cY1hJ6uW3",
        "folder": "primary",
        "is_read": true,
        "started_at": "2026-03-12T01:28:11.008525Z",
        "last_activity_at": "2026-03-12T01:28:41.829924Z"})")));
    CHECK(page.native_id(page.items[0]) == "gAAAAABexampleConversationIdReturnedByApi8kP3xLs7dV2mTr5cN9hY1uJ4");
    CHECK(total_of(page.schema_faults) == 0);
}

TEST_CASE("HyperRep's documented sale") {
    const record_sample& sample = hyperrep_sales();
    const page page = sample.read(sample.example, "gAAAAABexampleAgentId");
    REQUIRE(page.items.size() == 1);
    CHECK(json::serialize(sample.record_of(page)) == json::serialize(json::parse(R"({
        "id": "reps:gAAAAABexampleSaleIdReturnedByApi0qN8xLm3sV6kRt2cY9hJ4uW1dF7",
        "provider": "reps",
        "native_id": "gAAAAABexampleSaleIdReturnedByApi0qN8xLm3sV6kRt2cY9hJ4uW1dF7",
        "agent_id": "reps:gAAAAABexampleAgentId",
        "company_id": "reps:gAAAAABexampleCompanyIdReturnedByApi6vT2mQ9xLs4dK7pNc1hY5uJ8rF3",
        "owner_id": "reps:gAAAAABexampleAgentIdReturnedByApi5qN8xLm3sV6kRt2cY9hJ4uW1dF7",
        "conversation_ids": ["reps:gAAAAABexampleConversationIdReturnedByApi8kP3xLs7dV2mTr5cN9hY1uJ4"],
        "contacts": [{"id": "reps:gAAAAABexampleContactIdReturnedByApi9mN4qP2xLs9dV5kTr8cY1hJ6uW3", "is_primary": true}],
        "quote": {"currency": "USD", "total_price": "1200.00",
                  "products": [{"name": "Enterprise Software License", "quantity": 1, "unit_price": "1200.00"}]},
        "notes": "Customer is interested in a 1-year license with priority support.",
        "status": {"label": "Accepted", "status": "accepted", "changed_at": "2026-03-13T01:28:41.829924Z"},
        "status_history": [
            {"label": "Qualified", "status": null, "changed_at": "2026-03-12T01:28:41.829924Z"},
            {"label": "Quoted", "status": "quote_sent", "changed_at": "2026-03-12T01:43:41.829924Z"},
            {"label": "Accepted", "status": "accepted", "changed_at": "2026-03-13T01:28:41.829924Z"}],
        "created_at": "2026-03-12T01:28:41.829924Z",
        "last_activity_at": "2026-03-12T01:28:41.829924Z"})")));
    CHECK(total_of(page.schema_faults) == 0);
}

TEST_CASE("HyperRep's documented analytics") {
    CHECK(json::serialize(read_record(hyperrep_analytics(), hyperrep_analytics().example)) ==
          json::serialize(json::parse(R"({
        "conversations": {"responded_to": 42, "messages_sent": 118},
        "sales": {"pipeline": [{"name": "Accepted", "status": "accepted", "volume": 1, "value": "1200.0"},
                               {"name": "Closed Won", "status": null, "volume": 1, "value": "1200.0"}],
                  "sales_rate": 0.4}})")));
}

TEST_CASE("half of the analytics, sent alone or in a whole answer") {
    const json::value conversations = json::parse(R"({"conversations": {"responded_to": 42, "messages_sent": 118}})");
    const record_sample& first = hyperrep_conversation_analytics();
    CHECK(read_record(first, first.example) == conversations);
    CHECK(read_record(first, hyperrep_analytics().example) == conversations);

    const record_sample& second = hyperrep_sales_analytics();
    CHECK(read_record(second, second.example) == json::parse(R"({"sales": {"pipeline":
        [{"name": "Accepted", "status": "accepted", "volume": 1, "value": "1200.0"}], "sales_rate": 0.4}})"));
    CHECK(read_record(second, hyperrep_analytics().example).at("sales").at("pipeline").as_array().size() == 2);
}

TEST_CASE("Converra's documented status") {
    const record_sample& sample = converra_status();
    const page page = sample.read(sample.example, "agent_123");
    CHECK(json::serialize(sample.record_of(page)) == json::serialize(json::parse(R"({
        "id": "converra:agent_123", "provider": "converra", "name": "Customer Support", "status": "active",
        "optimization_state": "idle",
        "metrics": {"conversation_count": 1247, "task_completion_rate": 87.3, "avg_sentiment": 0.72},
        "last_optimized_at": "2025-01-18T10:00:00Z"})")));
    CHECK(page.items[0].status == choice_of(agent_statuses, "active"));
    CHECK(total_of(page.schema_faults) == 0);
}

TEST_CASE("Converra's documented insights, with the provider's own members in snake_case") {
    const record_sample& sample = converra_insights();
    const page page = sample.read(sample.example, "agent_123");
    CHECK(json::serialize(sample.record_of(page)) == R"({"agent_id":"converra:agent_123","provider":"converra"})");
    CHECK(page.native_id(page.items[0]).empty());

    std::string members = "{";
    const std::string_view ours[] = {"agent_id", "provider"};
    append_members_in_snake_case(members, page.items[0].source.of(page.body), ours);
    CHECK(json::serialize(json::parse(members + "}")) == json::serialize(json::parse(R"({
        "period": {"days": 30, "from": "2024-12-21T00:00:00Z", "to": "2025-01-20T23:59:59Z"},
        "summary": {"total_conversations": 1247, "completed_conversations": 1089, "abandoned_conversations": 158,
                    "completion_rate": 87.3},
        "metrics": {"task_completion": {"rate": 82.5, "trend": "+3.2%"},
                    "sentiment": {"average": 0.72, "distribution": {"positive": 68, "neutral": 24, "negative": 8}},
                    "avg_response_time": 1.2, "avg_conversation_length": 6.4},
        "top_issues": [{"issue": "Unclear refund policy explanation", "frequency": 23, "impact": "high"}],
        "recommendations": ["Consider adding specific refund timelines to reduce follow-up questions"]})")));
}

TEST_CASE("a record that says nothing but its id has all its fields") {
    CHECK(read_record(hyperrep_conversations(), R"({"conversation_id": "c"})") == json::parse(R"({"id": "reps:c",
        "provider": "reps", "native_id": "c", "agent_id": "reps:agent 1", "contact_id": null, "folder": null,
        "is_read": null, "started_at": null, "last_activity_at": null})"));
    CHECK(read_record(hyperrep_sales(), R"({"sale_id": "s"})") == json::parse(R"({"id": "reps:s", "provider": "reps",
        "native_id": "s", "agent_id": "reps:agent 1", "company_id": null, "owner_id": null, "conversation_ids": [],
        "contacts": [], "quote": null, "notes": null, "status": null, "status_history": [], "created_at": null,
        "last_activity_at": null})"));
    CHECK(read_record(converra_status(), R"({"id": "a"})") == json::parse(R"({"id": "converra:a",
        "provider": "converra", "name": null, "status": null, "optimization_state": null, "metrics": null,
        "last_optimized_at": null})"));
}

TEST_CASE("analytics and insights have no id and need none") {
    CHECK(read_record(hyperrep_analytics(), "{}") == json::parse(R"({"conversations": null, "sales": null})"));
    CHECK(read_record(hyperrep_analytics(), R"({"sales": {"pipeline": []}})") ==
          json::parse(R"({"conversations": null, "sales": {"pipeline": [], "sales_rate": null}})"));
    CHECK(read_record(converra_insights(), "{}") ==
          json::parse(R"({"agent_id": "converra:agent 1", "provider": "converra"})"));

    reader reader;
    const auto outcome = reader.read_one(converra_insights().plan_of_one(), "[1]", "agent 1");
    REQUIRE(outcome.has_error());
    CHECK(outcome.error().kind == fault::invalid_response);
}

TEST_CASE("of a list whose records have no ids, only what is no object is dropped") {
    const record_sample sample{insights_record, "mine", {}, true, {}};
    const page page = sample.read(R"({"data": [{}, 5, "{", null, [{}], {"id": "x"}]})");
    CHECK(page.received == 6);
    REQUIRE(page.items.size() == 2);
    CHECK(sample.record_of(page, 1) == json::parse(R"({"agent_id": "mine:agent 1", "provider": "mine"})"));
    CHECK(page.items[1].source.of(page.body) == R"({"id": "x"})");
    CHECK(page.native_id(page.items[1]).empty());
}

TEST_CASE("a status or sale of wrong types is null there and counted") {
    const record_sample& sales = hyperrep_sales();
    const page page = sales.read(R"({"data": [{"sale_id": "s", "company_id": 5, "owner_id": {}, "quote_details": {
        "output": {"currency": 1, "total_price": 1200.00}, "arguments": {"products": [{"quantity": "1"}, 7]}},
        "associated_conversation_ids": ["a", 1, null, "", "b"], "associated_contacts": [{"contact_id": [], "is_primary": 0}],
        "current_status": {"label": "x", "changed_at": "yesterday"}, "status_history": {}, "notes": false}]})");
    const json::object sale = sales.record_of(page);
    CHECK(sale.at("company_id").is_null());
    CHECK(sale.at("owner_id").is_null());
    CHECK(sale.at("conversation_ids") == json::parse(R"(["reps:a", "reps:b"])"));
    CHECK(sale.at("contacts") == json::parse(R"([{"id": null, "is_primary": null}])"));
    CHECK(sale.at("quote") == json::parse(R"({"currency": null, "total_price": null,
        "products": [{"name": null, "quantity": null, "unit_price": null}]})"));
    CHECK(sale.at("status") == json::parse(R"({"label": "x", "status": null, "changed_at": null})"));
    CHECK(sale.at("status_history") == json::array{});
    CHECK(page.schema_faults == faults{0, 0, 0, 0, 1, 1, 3, 2, 4, 1, 1, 1, 0, 0});
}

TEST_CASE("every field's label in metrics is its own") {
    std::vector<std::string> labels;
    for (const record* const record : all_records) {
        for (const field& field : record->fields)
            labels.push_back(label_of(*record, field));
    }
    CHECK(label_of(agent_record, agent_record.fields[3]) == "name");
    CHECK(label_of(sale_record, sale_record.fields[8]) == "sale.quote");
    std::ranges::sort(labels);
    CHECK(std::ranges::adjacent_find(labels) == labels.end());
}

}  // namespace
}  // namespace rollcall::normalizers::tests
