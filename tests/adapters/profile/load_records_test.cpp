// The rules of the records beside the agent, and which operation needs which of them.
#include "tests/adapters/profile/texts.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

const std::string list = "list: {path: /a, items: /a}";
const std::string status = "status: {path: \"/a/{id}\", item: \"\"}";
const std::string conversations = "conversations: {path: \"/a/{id}\", items: \"\"}";
const std::string sales = "sales: {path: \"/a/{id}\", items: \"\"}";

std::string analytics(const std::string& name) {
    return name + ": {path: \"/a/{id}\", item: \"\", query: {f: \"{start_date}\", t: \"{end_date}\"}}";
}

std::map<std::string, std::string> operations(const std::string& more) {
    return {{"operations", "{" + list + ", " + more + "}"}};
}

}  // namespace

TEST_CASE("an operation needs the rules by which its answer is read") {
    const std::string needs = ", which says how its answer is read";
    check_each(
        "operations",
        {{"{" + list + ", " + status + "}", "6:51: operations.status: needs status" + needs},
         {"{" + list + ", " + conversations + "}", "6:58: operations.conversations: needs conversation" + needs},
         {"{" + list + ", " + sales + "}", "6:50: operations.sales: needs sale" + needs},
         {"{" + list + ", " + analytics("analytics") + "}", "6:54: operations.analytics: needs analytics" + needs},
         {"{" + list + ", " + analytics("analytics_sales") + "}",
          "6:60: operations.analytics_sales: needs analytics.sales" + needs}});
    check_each("operations",
               {{"{" + list + ", " + analytics("analytics") + ", " + analytics("analytics_sales") + "}",
                 "6:145: operations.analytics_sales: needs analytics.sales" + needs}},
               {{"analytics", "{conversations: {messages_sent: /m}}"}});
    CHECK(faults_with({{"operations", "{" + list + ", insights: {path: \"/a/{id}\", item: \"\"}}"}}) == "");
}

TEST_CASE("rules need an operation that reads them") {
    check_each("status", {{"{id: /id}", "10:9: status: is read by no operation"}});
    check_each("conversation", {{"{id: /id}", "10:15: conversation: is read by no operation"}});
    check_each("sale", {{"{id: /id}", "10:7: sale: is read by no operation"}});
    check_each("analytics", {{"{sales: {sales_rate: /r}}", "10:12: analytics: is read by no operation"}});
    const std::string both = "{conversations: {messages_sent: /m}, sales: {sales_rate: /r}}";
    check_each("analytics", {{both, "10:12: analytics: conversations is read by no operation"}},
               operations(analytics("analytics_sales")));
    check_each("analytics", {{both, "10:12: analytics: sales is read by no operation"}},
               operations(analytics("analytics_conversations")));
    for (const auto& offered :
         {analytics("analytics"), analytics("analytics_conversations") + ", " + analytics("analytics_sales")}) {
        auto sections = operations(offered);
        sections["analytics"] = both;
        CHECK(faults_with(sections) == "");
    }
    check_each("conversations", {{"{id: /id}", "10:1: conversations: unknown key; did you mean conversation?"}});
}

TEST_CASE("a status has the rules of its record") {
    check_each(
        "status",
        {{"[]", "10:9: status: expected a map, found a list"},
         {"{}", "10:9: status.id: is missing"},
         {"{id: /id, provider: /p}",
          "10:19: status.provider: is the provider's name in the configuration and cannot be mapped"},
         {"{id: /id, status: {from: /s, values: {on: running}}}",
          "10:51: status.status.values.on: \"running\" is not one of active, inactive, draft, training, deployed, "
          "archived, deprecated, unknown"},
         {"{id: /id, optimisation_state: /s}",
          "10:19: status.optimisation_state: unknown field; did you mean optimization_state?"},
         {"{id: /id, metrics: {from: /m, to_string: true}}",
          "10:50: status.metrics.to_string: does not go with an object, which takes from"},
         {"{id: /id, last_optimized_at: {from: /l, time: iso}}",
          "10:55: status.last_optimized_at.time: expected one of rfc3339, epoch_seconds, epoch_milliseconds, found "
          "\"iso\""}},
        operations(status));
    auto sections = operations(status);
    sections["status"] =
        "{id: /id, status: {const: active}, metrics: \"\", last_optimized_at: {from: /l, time: "
        "epoch_seconds}}";
    const auto [read, faults] = load_text(profile_text(sections));
    CHECK(faults == "");
    CHECK(read.status.at("status").constant == "active");
    CHECK(read.status.at("metrics").from == std::vector<json_pointer>{{}});
    CHECK(read.status.at("last_optimized_at").time == normalizers::time_form::epoch_seconds);
}

TEST_CASE("a conversation has the rules of its record") {
    check_each("conversation",
               {{"{folder: /f}", "10:15: conversation.id: is missing"},
                {"{id: /id, agent_id: /a}",
                 "10:25: conversation.agent_id: is the agent that the call was about and cannot be mapped"},
                {"{id: /id, native_id: /a}",
                 "10:25: conversation.native_id: is read by the rule of id and cannot be mapped itself"},
                {"{id: /id, agent: /a}",
                 "10:25: conversation.agent: unknown field; known: id, contact_id, folder, is_read, started_at, "
                 "last_activity_at"},
                {"{id: /id, is_read: {from: /r, const: yes}}",
                 "10:41: conversation.is_read.from: does not go with const\np.yaml:10:52: conversation.is_read.const: "
                 "does not go with a flag, which takes from"},
                {"{id: /id, contact_id: {const: x}}",
                 "10:45: conversation.contact_id.const: does not go with the id of another record, which takes from, "
                 "to_string"},
                {"{id: /id, contact_id: {from: /c, time: rfc3339}}",
                 "10:54: conversation.contact_id.time: does not go with the id of another record, which takes from, "
                 "to_string"}},
               operations(conversations));
    auto sections = operations(conversations);
    sections["conversation"] =
        "{id: {from: /id, to_string: true}, contact_id: {from: [/c, /d], to_string: true}, is_read: /r}";
    const auto [read, faults] = load_text(profile_text(sections));
    CHECK(faults == "");
    CHECK(read.conversation.at("id").to_string);
    CHECK(read.conversation.at("contact_id").to_string);
    CHECK(read.conversation.at("contact_id").from == std::vector<json_pointer>{{"c"}, {"d"}});
    CHECK(read.conversation.at("is_read").from == std::vector<json_pointer>{{"r"}});
}

TEST_CASE("a sale has the rules of its record, and of the records within it") {
    const std::string same = ": another field is read from the same array, and the two make different things of it";
    check_each(
        "sale",
        {{"{notes: /n}", "10:7: sale.id: is missing"},
         {"{id: /id, conversation_ids: {from: /c, to_string: true}}",
          "10:57: sale.conversation_ids.to_string: does not go with a list of ids, which takes from"},
         {"{id: /id, conversation_ids: /c, contacts: {each: /c, fields: {id: /id}}}", "10:49: sale.contacts" + same},
         {"{id: /id, contacts: {each: /c, fields: {id: /id, primary: /p}}}",
          "10:56: sale.contacts.fields.primary: unknown field; known: id, is_primary"},
         {"{id: /id, quote: {products: {each: /p}}}", "10:35: sale.quote.products.fields: is missing"},
         {"{id: /id, quote: {products: {each: /p, fields: {price: /p}}}}",
          "10:55: sale.quote.products.fields.price: unknown field; known: name, quantity, unit_price"},
         {"{id: /id, quote: {}}", "10:24: sale.quote: must map at least one field"},
         {"{id: /id, status: /s}", "10:25: sale.status: expected a map, found a text"}},
        operations(sales));
    auto sections = operations(sales);
    sections["sale"] = R"({id: /id, conversation_ids: /c, quote: {currency: /q/c, products: {each: [/q/p, /p], fields:
      {name: /n, quantity: /k}}}, status_history: {each: /h, fields: {label: /l, changed_at: /at}}})";
    const auto [read, faults] = load_text(profile_text(sections));
    CHECK(faults == "");
    const auto& products = read.sale.at("quote").fields.at("products");
    CHECK(products.from == std::vector<json_pointer>{{"q", "p"}, {"p"}});
    CHECK(products.fields.at("quantity").from == std::vector<json_pointer>{{"k"}});
    CHECK(read.sale.at("status_history").fields.at("changed_at").from == std::vector<json_pointer>{{"at"}});
}

TEST_CASE("analytics have the rules of their record, which has no id") {
    check_each("analytics",
               {{"{id: /id}", "10:13: analytics.id: unknown field; known: conversations, sales"},
                {"{sales: {pipeline: /p}}", "10:31: analytics.sales.pipeline: expected a map, found a text"},
                {"{sales: {rate: /p}}", "10:21: analytics.sales.rate: unknown field; known: pipeline, sales_rate"},
                {"{sales: {}}", "10:20: analytics.sales: must map at least one field"}},
               operations(analytics("analytics")));
}

TEST_CASE("each record may name so many different places") {
    const auto with = [](std::size_t names) {
        std::string pointers;
        for (std::size_t i = 0; i < names; ++i)
            pointers += (i == 0 ? "/n" : ", /n") + std::to_string(i);
        auto sections = operations(conversations);
        sections["agent"] = "{id: /id, name: {from: [" + pointers + "]}}";
        sections["conversation"] = "{id: /id, folder: {from: [" + pointers + "]}}";
        return faults_with(sections);
    };
    CHECK(with(63) == "");
    CHECK(with(64) ==
          "p.yaml:9:8: agent: names 65 different JSON pointers; at most 64\n"
          "p.yaml:10:15: conversation: names 65 different JSON pointers; at most 64");
}

}  // namespace rollcall::adapters
