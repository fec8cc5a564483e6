// YAML that is to be sent as JSON: kind by kind.
#include "config/yaml_json.hpp"

#include "base/json_text.hpp"

#include <simdjson.h>

namespace rollcall::config::yaml {

namespace {

bool is_json_scalar(const std::string& text) {
    simdjson::dom::parser parser;
    simdjson::dom::element element;
    return parser.parse(text).get(element) == simdjson::SUCCESS &&
           (element.is_number() || element.is_bool() || element.is_null());
}

std::string scalar_to_json(const value& value) {
    std::string text;
    if (!value.text(text)) return {};
    if (!value.quoted() && is_json_scalar(text)) return text;
    std::string token;
    append_json_string(token, text);
    return token;
}

}  // namespace

std::string to_json(const value& value) {
    std::string token;
    switch (value.kind()) {
        case node::kind::nothing:
            return "null";
        case node::kind::scalar:
            return scalar_to_json(value);
        case node::kind::list:
            for (const auto& item : value.list())
                token += (token.empty() ? "" : ",") + to_json(item);
            return '[' + token + ']';
        case node::kind::map:
            token = '{';
            for (const auto& entry : value.members())
                append_json_raw_member(token, entry.name, to_json(entry.of));
            return token + '}';
    }
    return token;
}

}  // namespace rollcall::config::yaml
