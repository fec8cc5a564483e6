// The API's description against what it describes: routes, problem codes, the shapes, and its own examples.
#include "gateway/openapi/document.hpp"

#include "gateway/api/routes.hpp"
#include "gateway/http/problem.hpp"
#include "normalizers/schema.hpp"
#include "tests/support/openapi.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace rollcall::gateway {
namespace {

namespace json = boost::json;
using normalizers::field;
using normalizers::kind;
using names = std::vector<std::string>;

const testing::openapi_document& document() {
    static const testing::openapi_document document{openapi_json()};
    return document;
}

const json::object& schema_of(std::string_view name) {
    return document().find("#/components/schemas/" + std::string{name})->as_object();
}

names texts_of(const json::value& array) {
    names texts;
    for (const auto& text : array.as_array())
        texts.emplace_back(text.as_string());
    return texts;
}

template<class Visit>
void for_each_object(const json::value& value, const Visit& visit) {
    if (value.is_array()) {
        for (const auto& item : value.get_array())
            for_each_object(item, visit);
    } else if (value.is_object()) {
        visit(value.get_object());
        for (const auto& member : value.get_object())
            for_each_object(member.value(), visit);
    }
}

bool fits(const json::value& value, const json::value& schema) {
    return document().faults(value, schema).empty();
}

/// A value that a field of the kind may have.
json::value sample_of(kind kind) {
    switch (kind) {
        case kind::id:
        case kind::reference:
        case kind::subject:
            return "heppu:1";
        case kind::provider:
            return "heppu";
        case kind::type:
            return "voice";
        case kind::status:
            return "unknown";
        case kind::number:
            return 1.5;
        case kind::time:
            return "2026-03-12T01:28:11.008525Z";
        case kind::flag:
            return true;
        case kind::object:
        case kind::renamed_object:
            return json::object{{"any", 1}};
        case kind::text_list:
        case kind::reference_list:
            return json::array{"heppu:1"};
        case kind::record_list:
            return json::array{};
        case kind::native_id:
        case kind::text:
        case kind::record:
            break;
    }
    return "text";
}

bool may_be_null(kind kind) {
    const std::set<normalizers::kind> never{kind::id,        kind::provider,    kind::native_id,     kind::subject,
                                            kind::text_list, kind::record_list, kind::reference_list};
    return !never.contains(kind);
}

void check_fields(const json::object& schema, std::span<const field> fields, bool first_is_there,
                  const names& optional = {});

void check_field(const json::value& schema, const field& field, bool nullable) {
    CAPTURE(field.name);
    CHECK(fits(nullptr, schema) == nullable);
    CHECK_FALSE(fits(json::array{json::object{{"wrong", 1}}}, schema));
    if (field.kind == kind::record) {
        const json::value& choice = document().follow(schema).at("oneOf").at(0);
        check_fields(document().follow(choice).as_object(), field.fields, field.null_without_first);
        return;
    }
    CHECK(fits(sample_of(field.kind), schema));
    if (field.kind == kind::record_list) {
        const json::value& items = document().follow(schema).at("items");
        check_fields(document().follow(items).as_object(), field.fields, false);
    }
}

/// The schema has just these fields in just this order, all of them required, and `optional` ones behind them.
/// `first_is_there`: without its first field the whole is null, so that one never is.
void check_fields(const json::object& schema, std::span<const field> fields, bool first_is_there,
                  const names& optional) {
    names expected;
    for (const field& field : fields)
        expected.emplace_back(field.name);
    CHECK(texts_of(schema.at("required")) == expected);
    CHECK(schema.at("additionalProperties") == json::value(false));
    expected.insert(expected.end(), optional.begin(), optional.end());
    names described;
    for (const auto& property : schema.at("properties").as_object())
        described.emplace_back(property.key());
    CHECK(described == expected);
    for (const field& field : fields) {
        const bool never_null = first_is_there && &field == &fields.front();
        check_field(schema.at("properties").as_object().at(field.name), field, !never_null && may_be_null(field.kind));
    }
}

std::string lower_name(method method) {
    std::string name{name_of(method)};
    std::ranges::transform(name, name.begin(), [](char byte) { return static_cast<char>(byte | 0x20); });
    return name;
}

/// Codes by the response of `components` that lists them.
std::map<std::string, names> codes_by_response() {
    std::map<std::string, names> codes;
    for (const auto& response : document().find("#/components/responses")->as_object())
        codes[response.key()] = texts_of(response.value().at("x-problem-codes"));
    return codes;
}

}  // namespace

TEST_CASE("the description is OpenAPI 3.1 of this version of the program") {
    CHECK(document().root().at("openapi") == json::value("3.1.0"));
    CHECK(document().root().at("info").at("version") == json::value(ROLLCALL_VERSION));
    CHECK(openapi_json().find("${") == std::string::npos);
}

TEST_CASE("every reference of the description leads somewhere, and every component is referred to") {
    std::set<std::string> referred;
    for_each_object(document().root(), [&](const json::object& object) {
        const auto* reference = object.if_contains("$ref");
        if (reference == nullptr || !reference->is_string()) return;
        CHECK_MESSAGE(document().find(reference->as_string()) != nullptr, reference->as_string().c_str());
        referred.emplace(reference->as_string());
    });
    // A scheme is referred to by its name.
    for (const auto& alternative : document().root().at("security").as_array()) {
        for (const auto& scheme : alternative.as_object())
            referred.emplace("#/components/securitySchemes/" + std::string{scheme.key()});
    }
    for (const auto& kind : document().root().at("components").as_object()) {
        for (const auto& component : kind.value().as_object()) {
            const std::string reference =
                "#/components/" + std::string{kind.key()} + '/' + std::string{component.key()};
            CHECK_MESSAGE(referred.contains(reference), reference);
        }
    }
}

TEST_CASE("the description has the routes that are served, and no others") {
    std::set<std::string> served;
    for (const public_route& route : public_route_table())
        served.insert(lower_name(route.method) + ' ' + std::string{route.path});
    std::set<std::string> described;
    std::set<std::string> operation_ids;
    document().for_each_operation(
        [&](const std::string& path, const std::string& method, const json::object& operation) {
            described.insert(method + ' ' + path);
            CHECK(operation_ids.emplace(operation.at("operationId").as_string()).second);
        });
    CHECK(described == served);
}

TEST_CASE("the description has the problem codes that there are, and no others") {
    names known;
    for (std::size_t code = 0; code <= static_cast<std::size_t>(problem_code::upstream_timeout); ++code)
        known.emplace_back(kind_of(static_cast<problem_code>(code)).code);
    CHECK(texts_of(schema_of("ProblemCode").at("enum")) == known);
}

TEST_CASE("each problem code is told of by the response of its own status") {
    std::map<std::string, std::set<unsigned>> statuses_of_responses;
    document().for_each_operation([&](const std::string&, const std::string&, const json::object& operation) {
        for (const auto& [status, response] : operation.at("responses").as_object()) {
            const auto* reference = response.as_object().if_contains("$ref");
            if (reference == nullptr) continue;
            const std::string target{reference->as_string()};
            statuses_of_responses[target.substr(target.rfind('/') + 1)].insert(
                static_cast<unsigned>(std::stoul(std::string{status})));
        }
    });
    std::map<std::string, unsigned> described;
    for (const auto& [response, codes] : codes_by_response()) {
        CAPTURE(response);
        REQUIRE(statuses_of_responses[response].size() == 1);
        for (const std::string& code : codes)
            CHECK(described.emplace(code, *statuses_of_responses[response].begin()).second);
    }
    for (std::size_t at = 0; at <= static_cast<std::size_t>(problem_code::upstream_timeout); ++at) {
        const problem_kind& kind = kind_of(static_cast<problem_code>(at));
        CAPTURE(kind.code);
        const auto found = described.find(std::string{kind.code});
        REQUIRE(found != described.end());
        CHECK(found->second == kind.status);
    }
}

TEST_CASE("the schemas have the fields of the shapes, in their order") {
    check_fields(schema_of("Agent"), normalizers::agent_record.fields, false, {"source"});
    check_fields(schema_of("AgentStatus"), normalizers::status_record.fields, false);
    check_fields(schema_of("Conversation"), normalizers::conversation_record.fields, false);
    check_fields(schema_of("Sale"), normalizers::sale_record.fields, false);
    check_fields(schema_of("Analytics"), normalizers::analytics_record.fields, false);
    check_fields(schema_of("ConversationAnalytics"), normalizers::conversation_analytics_record.fields, false);
    check_fields(schema_of("SalesAnalytics"), normalizers::sales_analytics_record.fields, false);
}

TEST_CASE("insights have the two fields of the gateway, and any others") {
    const json::object& schema = schema_of("Insights");
    names expected;
    for (const field& field : normalizers::insights_record.fields) {
        expected.emplace_back(field.name);
        check_field(schema.at("properties").as_object().at(field.name), field, false);
    }
    CHECK(texts_of(schema.at("required")) == expected);
    CHECK(fits(json::object{{"agent_id", "converra:1"}, {"provider", "converra"}, {"top_issues", json::array{}}},
               json::value(schema)));
}

TEST_CASE("a part of an agent may have each field of an agent, and the parameter names each of them") {
    names fields;
    for (const field& field : normalizers::agent_record.fields)
        fields.emplace_back(field.name);
    const json::value* parameter = document().find("#/components/parameters/Fields/schema/items/enum");
    REQUIRE(parameter != nullptr);
    CHECK(texts_of(*parameter) == fields);
    const json::object& agent = schema_of("Agent").at("properties").as_object();
    const json::object& part = schema_of("PartOfAgent").at("properties").as_object();
    CHECK(part.size() == agent.size());
    for (const auto& property : agent)
        CHECK(&document().follow(part.at(property.key())) == &document().follow(property.value()));
}

TEST_CASE("the statuses and types of agents are the same wherever they stand") {
    const names statuses{std::begin(normalizers::agent_statuses), std::end(normalizers::agent_statuses)};
    const names types{std::begin(normalizers::agent_types), std::end(normalizers::agent_types)};
    CHECK(texts_of(schema_of("KnownStatus").at("enum")) == statuses);
    CHECK(texts_of(schema_of("KnownType").at("enum")) == types);
    const auto with_null = [](const names& values) {
        json::array all;
        for (const std::string& value : values)
            all.emplace_back(value);
        all.emplace_back(nullptr);
        return json::value(all);
    };
    CHECK(schema_of("Agent").at("properties").at("status").at("enum") == with_null(statuses));
    CHECK(schema_of("AgentStatus").at("properties").at("status").at("enum") == with_null(statuses));
    CHECK(schema_of("Agent").at("properties").at("type").at("enum") == with_null(types));
}

TEST_CASE("the operations of a provider are those that there are") {
    const names operations{std::begin(adapters::operation_names), std::end(adapters::operation_names)};
    CHECK(texts_of(schema_of("Operation").at("enum")) == operations);
}

TEST_CASE("the bodies of writes have the fields that can be written") {
    names writable;
    for (const adapters::writable_field& field : adapters::writable_fields)
        writable.emplace_back(field.name);
    const auto properties_of = [](std::string_view schema) {
        names described;
        for (const auto& property : schema_of(schema).at("properties").as_object())
            described.emplace_back(property.key());
        return described;
    };
    CHECK(properties_of("AgentChanges") == writable);
    writable.insert(writable.begin(), "provider");
    CHECK(properties_of("NewAgent") == writable);
}

TEST_CASE("every example fits its schema") {
    std::size_t examples = 0;
    for_each_object(document().root(), [&](const json::object& media) {
        const auto* schema = media.if_contains("schema");
        if (schema == nullptr) return;
        const auto check = [&](const json::value& value) {
            ++examples;
            for (const std::string& fault : document().faults(value, *schema))
                FAIL_CHECK(fault << " in " << json::serialize(value));
        };
        // The example of a header is as it stands in the message, whatever its schema says.
        const bool in_message = !media.contains("required") && !media.contains("in");
        if (const auto* example = media.if_contains("example"); example != nullptr && in_message) check(*example);
        const auto* named = media.if_contains("examples");
        if (named == nullptr) return;
        for (const auto& example : named->as_object())
            check(document().follow(example.value()).at("value"));
    });
    CHECK(examples > 30);
}

}  // namespace rollcall::gateway
