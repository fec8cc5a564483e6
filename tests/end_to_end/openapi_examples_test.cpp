// The examples of the API's description: each is what the demo really answers. With ROLLCALL_RECORD=1 in the
// environment they are written into gateway/openapi/openapi.yaml anew.
#include "tests/end_to_end/openapi_calls.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <sstream>

namespace {

using namespace rollcall::testing;
namespace json = boost::json;

/// What differs from one run to the next, wherever it stands.
const std::set<std::string_view> volatile_members{
    "request_id", "latency_ms", "age_ms", "next_cursor",          "host",       "last_success_at", "last_failure_at",
    "from",       "left",       "to",     "second_attempts_left", "connections"};
/// And what a write changes.
const std::set<std::string_view> volatile_after_write{"created_at", "updated_at"};

json::value without_volatile(const json::value& value, bool written) {
    if (value.is_array()) {
        json::array items;
        for (const auto& item : value.get_array())
            items.push_back(without_volatile(item, written));
        return items;
    }
    if (!value.is_object()) return value;
    json::object members;
    for (const auto& [name, member] : value.get_object()) {
        const bool differs = volatile_members.contains(name) || (written && volatile_after_write.contains(name));
        members[name] = differs ? json::value(nullptr) : without_volatile(member, written);
    }
    return members;
}

/// Numbers as people write them, which JSON's own writer does not do.
std::string scalar_text(const json::value& value) {
    return value.is_double() ? fmt::format("{}", value.get_double()) : json::serialize(value);
}

std::string key_text(std::string_view key) {
    const bool plain = !key.empty() && std::all_of(key.begin(), key.end(), [](char byte) {
        return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
    });
    return plain ? std::string{key} : json::serialize(json::string(key));
}

bool is_block(const json::value& value) {
    return (value.is_object() && !value.get_object().empty()) || (value.is_array() && !value.get_array().empty());
}

bool is_list_of_scalars(const json::value& value) {
    const auto& items = value.get_array();
    return std::none_of(items.begin(), items.end(), [](const json::value& item) { return item.is_structured(); });
}

/// Appends the value as YAML behind its key or dash; `indent` is that of its members.
void append_yaml(std::string& out, const json::value& value, std::size_t indent) {
    const std::string margin = "\n" + std::string(indent, ' ');
    if (!is_block(value)) {
        out += ' ' + (value.is_array() ? "[]" : value.is_object() ? "{}" : scalar_text(value));
    } else if (value.is_object()) {
        for (const auto& member : value.get_object()) {
            out += margin + key_text(member.key()) + ':';
            append_yaml(out, member.value(), indent + 2);
        }
    } else if (is_list_of_scalars(value)) {
        std::string items;
        for (const auto& item : value.get_array())
            items += (items.empty() ? "" : ", ") + scalar_text(item);
        out += " [" + items + ']';
    } else {
        for (const auto& item : value.get_array()) {
            out += margin + '-';
            std::string members;
            append_yaml(members, item, indent + 2);
            // The first member stands on the line of the dash.
            out += ' ' + members.substr(members.find_first_not_of("\n "));
        }
    }
}

/// Writes recorded values over those of openapi.yaml's examples.
void record(const std::map<std::string, json::value>& recorded) {
    const std::string file = ROLLCALL_SOURCE "/gateway/openapi/openapi.yaml";
    std::ifstream in{file};
    std::string text;
    std::string example;
    bool among_examples = false;
    bool in_value = false;
    for (std::string line; std::getline(in, line);) {
        const std::size_t indent = std::min(line.find_first_not_of(' '), line.size());
        if (indent == 2) among_examples = line == "  examples:";
        if (among_examples && indent == 4) example = line.substr(4, line.find(':') - 4);
        if (in_value && indent > 6) continue;
        in_value = among_examples && line.starts_with("      value:") && recorded.contains(example);
        if (in_value) {
            text += "      value:";
            append_yaml(text, recorded.at(example), 8);
        } else {
            text += line;
        }
        text += '\n';
    }
    in.close();
    std::ofstream{file} << text;
}

bool is_write(const json::object& request) {
    const std::string_view method = request.at("method").as_string();
    return method == "POST" || method == "PATCH";
}

}  // namespace

TEST_CASE("the examples of the description are what the demo answers, and show every field") {
    const demo_deployment describing;
    const openapi_document document{describing.gateway.get("/openapi.json").body};
    conformance conformance{document};
    std::map<std::string, json::value> recorded;
    for (const auto& [name, example] : document.root().at("components").at("examples").as_object()) {
        CAPTURE(name);
        demo_deployment deployment;
        if (const auto* steps = example.as_object().if_contains("x-before")) {
            for (const auto& step : steps->as_array())
                prepare(deployment, step.as_object());
        }
        const json::object& request = example.at("x-request").as_object();
        const response answer = send(deployment.gateway, request);
        conformance.check(request.at("method").as_string(), request.at("target").as_string(), answer);
        const json::value value = json::parse(answer.body);
        if (without_volatile(value, is_write(request)) == without_volatile(example.at("value"), is_write(request))) {
            continue;
        }
        recorded[name] = value;
    }
    if (std::getenv("ROLLCALL_RECORD") != nullptr) return record(recorded);
    for (const auto& [name, value] : recorded)
        FAIL_CHECK(name << " is now " << json::serialize(value));

    // Bodies of requests, and the document itself, are in no answer; and the demo limits nobody.
    for (const std::string& field : conformance.fields_without_value()) {
        if (!field.starts_with("NewAgent.") && !field.starts_with("AgentChanges.") &&
            field != "Problem.retry_after_s") {
            FAIL_CHECK("no example of " << field);
        }
    }
}
