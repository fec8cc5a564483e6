// Sending described requests, and checking what comes back.
#include "tests/end_to_end/openapi_calls.hpp"

#include "base/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace rollcall::testing {

namespace json = boost::json;

namespace {

/// Of every HTTP message; OpenAPI has no place for them.
const std::set<std::string> message_headers{"content-type", "content-length", "date", "connection"};

void replace(std::string& text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    REQUIRE_MESSAGE(at != std::string::npos, what);
    text.replace(at, what.size(), by);
}

std::string demo_configuration(const simulators& providers, std::string_view more) {
    std::ifstream file{ROLLCALL_SOURCE "/config/demo.yaml"};
    std::stringstream read;
    read << file.rdbuf();
    std::string text = std::move(read).str();
    replace(text, "127.0.0.1:8080", "127.0.0.1:0");
    replace(text, "127.0.0.1:9901", "127.0.0.1:0");
    replace(text, "format: text", "format: json");  // the tests read the log
    int port = 9101;
    for (const std::string name : {"hyperrep", "heppu", "converra", "agenthuman"}) {
        const std::string profile = "    profile: " + name + "\n";
        replace(text, "http://127.0.0.1:" + std::to_string(port++), providers.url(name));
        replace(text, profile, profile + std::string{more});
    }
    return text;
}

std::size_t number_of(const json::object& object, std::string_view name) {
    const auto* number = object.if_contains(name);
    return number == nullptr ? 0 : number->to_number<std::size_t>();
}

std::string body_of(const json::object& request) {
    std::string body(number_of(request, "fill_body"), ' ');
    const auto* given = request.if_contains("body");
    if (given == nullptr) return body;
    return given->is_string() ? std::string{given->get_string()} : json::serialize(*given);
}

/// The answer of a server that closes.
response parsed(const raw_answer& raw) {
    response answer;
    std::istringstream lines{raw.bytes};
    std::string line;
    std::getline(lines, line);
    REQUIRE(line.starts_with("HTTP/1.1 "));
    answer.status = static_cast<unsigned>(std::stoul(line.substr(9, 3)));
    while (std::getline(lines, line) && line != "\r") {
        const auto colon = line.find(": ");
        answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2, line.size() - colon - 3));
    }
    answer.body.assign(std::istreambuf_iterator<char>{lines}, {});
    return answer;
}

bool fits_template(std::string_view path, std::string_view path_template) {
    const auto at = path_template.find("{id}");
    if (at == std::string_view::npos) return path == path_template;
    const std::string_view behind = path_template.substr(at + 4);
    if (!path.starts_with(path_template.substr(0, at)) || !path.ends_with(behind)) return false;
    if (path.size() <= at + behind.size()) return false;
    return path.substr(at, path.size() - at - behind.size()).find('/') == std::string_view::npos;
}

/// A header's value as its schema's type reads it.
json::value typed(std::string_view text, const json::value& schema) {
    const auto* type = schema.as_object().if_contains("type");
    if (type != nullptr && *type == json::value("integer")) return json::parse(text);
    return json::value(text);
}

std::string name_in(const json::value& schema, std::string_view outer) {
    const auto* reference = schema.is_object() ? schema.get_object().if_contains("$ref") : nullptr;
    if (reference == nullptr) return std::string{outer};
    const std::string target{reference->as_string()};
    return target.substr(target.rfind('/') + 1);
}

}  // namespace

demo_deployment::demo_deployment(std::string_view more)
    : providers(four_simulators()), gateway(demo_configuration(providers, more)) {}

response send(const gateway& gateway, const json::object& request) {
    const std::string method{request.at("method").as_string()};
    std::string target{request.at("target").as_string()};
    target.resize(std::max(target.size(), number_of(request, "fill_target")), 'x');
    const std::string body = body_of(request);
    const auto* version = request.if_contains("http");
    std::string head = method + ' ' + target + ' ' +
                       (version == nullptr ? std::string{"HTTP/1.1"} : std::string{version->as_string()}) +
                       "\r\nHost: localhost\r\nConnection: close\r\n";
    if (const auto* headers = request.if_contains("headers")) {
        for (const auto& header : headers->as_object())
            head += std::string{header.key()} + ": " + std::string{header.value().as_string()} + "\r\n";
    }
    if (const auto fill = number_of(request, "fill_header"); fill > 0)
        head += "X-Filler: " + std::string(fill, 'x') + "\r\n";
    if (!body.empty()) head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    return parsed(raw_exchange(gateway.public_port(), head + "\r\n" + body));
}

void prepare(demo_deployment& deployment, const json::object& step) {
    const std::size_t times = std::max<std::size_t>(1, number_of(step, "times"));
    if (const auto* request = step.if_contains("gateway")) {
        for (std::size_t count = 0; count < times; ++count)
            send(deployment.gateway, request->as_object());
        return;
    }
    const json::object& request = step.at("control").as_object();
    const std::string target{request.at("target").as_string()};
    const std::string name = target.substr(target.rfind('/') + 1);
    if (target.starts_with("/listeners/")) {
        REQUIRE(request.at("body").at("open") == json::value(false));
        deployment.providers.close_listener(name);
    } else {
        REQUIRE(target == "/faults/" + name);
        deployment.providers.set_fault(name, json::serialize(request.at("body")));
    }
}

void conformance::check(std::string_view method, std::string_view target, const response& answer) {
    CAPTURE(method);
    CAPTURE(target);
    CAPTURE(answer.body);
    const json::object& operation = operation_of(method, target);
    const std::string status = std::to_string(answer.status);
    const auto* listed = operation.at("responses").as_object().if_contains(status);
    REQUIRE_MESSAGE(listed != nullptr, "the status is not described: " << status);
    const json::object& described = document_.follow(*listed).as_object();
    check_headers(described, answer);
    seen_.insert(std::string{operation.at("operationId").as_string()} + ' ' + status);

    const auto* content = described.if_contains("content");
    if (content == nullptr) {
        CHECK(answer.body.empty());
        return;
    }
    const auto* media = content->as_object().if_contains(answer.header("content-type"));
    REQUIRE_MESSAGE(media != nullptr, answer.header("content-type"));
    const json::value body = json::parse(answer.body);
    const json::value& schema = media->at("schema");
    for (const std::string& fault : document_.faults(body, schema))
        FAIL_CHECK(fault);
    mark(body, schema, "");
    if (const auto* codes = described.if_contains("x-problem-codes")) {
        const json::array& known = codes->as_array();
        CHECK(std::find(known.begin(), known.end(), body.at("code")) != known.end());
    }
}

/// For a method that the path does not have, any operation of the path: what all of them can answer is the same.
const json::object& conformance::operation_of(std::string_view method, std::string_view target) const {
    const std::string_view path = target.substr(0, target.find('?'));
    std::string wanted{method == "HEAD" ? "GET" : method};
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](char byte) { return lower(byte); });
    for (const auto& [path_template, item] : document_.root().at("paths").as_object()) {
        if (!fits_template(path, path_template)) continue;
        const auto* operation = item.as_object().if_contains(wanted);
        return (operation == nullptr ? item.at("get") : *operation).as_object();
    }
    throw std::out_of_range("no such path: " + std::string{path});
}

void conformance::check_headers(const json::object& described, const response& answer) const {
    const json::object& headers = described.at("headers").as_object();
    std::set<std::string> known = message_headers;
    for (const auto& [name, reference] : headers) {
        std::string lower_name{name};
        std::transform(lower_name.begin(), lower_name.end(), lower_name.begin(), [](char byte) { return lower(byte); });
        known.insert(lower_name);
        const json::object& header = document_.follow(reference).as_object();
        const auto* required = header.if_contains("required");
        const bool needed = required != nullptr && required->as_bool();
        CHECK_MESSAGE((answer.has(name) || !needed), name);
        if (!answer.has(name)) continue;
        CHECK(answer.count(name) == 1);
        for (const std::string& fault :
             document_.faults(typed(answer.header(name), header.at("schema")), header.at("schema")))
            FAIL_CHECK(name << fault);
    }
    for (const auto& header : answer.headers) {
        std::string name = header.first;
        std::transform(name.begin(), name.end(), name.begin(), [](char byte) { return lower(byte); });
        CHECK_MESSAGE(known.contains(name), name);
    }
}

void conformance::mark(const json::value& value, const json::value& schema, std::string_view name) {
    const std::string own_name = name_in(schema, name);
    const json::object& rules = document_.follow(schema).as_object();
    for (const std::string_view choice : {"anyOf", "oneOf"}) {
        const auto* branches = rules.if_contains(choice);
        if (branches == nullptr) continue;
        for (const auto& branch : branches->as_array()) {
            if (branch.as_object().contains("required")) continue;  // a rule about the members of this very object
            if (document_.faults(value, branch).empty()) mark(value, branch, own_name);
        }
    }
    if (value.is_object()) mark_members(value.get_object(), rules, own_name);
    const auto* items = rules.if_contains("items");
    if (!value.is_array() || items == nullptr) return;
    for (const auto& item : value.get_array())
        mark(item, *items, own_name);
}

void conformance::mark_members(const json::object& value, const json::object& schema, std::string_view name) {
    const auto* properties = schema.if_contains("properties");
    if (properties == nullptr) return;
    for (const auto& [key, property] : properties->as_object()) {
        const auto* member = value.if_contains(key);
        if (member == nullptr || member->is_null()) continue;
        const std::string field = std::string{name} + '.' + std::string{key};
        fields_.insert(field);
        mark(*member, property, field);
    }
}

std::set<std::string> conformance::fields_without_value() const {
    std::set<std::string> missing;
    for (const auto& [name, schema] : document_.root().at("components").at("schemas").as_object()) {
        const auto* properties = schema.as_object().if_contains("properties");
        if (properties == nullptr) continue;
        for (const auto& property : properties->as_object()) {
            const std::string field = std::string{name} + '.' + std::string{property.key()};
            if (!fields_.contains(field)) missing.insert(field);
        }
    }
    return missing;
}

}  // namespace rollcall::testing
