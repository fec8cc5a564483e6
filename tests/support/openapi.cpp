// Reading an OpenAPI document; JSON Schema by valijson, which knows draft 7.
#include "tests/support/openapi.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <stdexcept>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace rollcall::testing {

namespace json = boost::json;
using valijson::adapters::BoostJsonAdapter;

struct openapi_document::compiled {
    json::value source;  ///< with the document's components, so that references lead somewhere
    valijson::Schema schema;
};

openapi_document::openapi_document(std::string_view text) : root_(json::parse(text)) {
    if (!root_.is_object()) throw std::invalid_argument("the document is no object");
}

openapi_document::~openapi_document() = default;

const json::value* openapi_document::find(std::string_view reference) const {
    if (!reference.starts_with("#/")) return nullptr;
    boost::system::error_code error;
    return root_.find_pointer(reference.substr(1), error);
}

const json::value& openapi_document::follow(const json::value& value) const {
    const json::value* reference = value.is_object() ? value.get_object().if_contains("$ref") : nullptr;
    if (reference == nullptr) return value;
    const json::value* target = find(reference->as_string());
    if (target == nullptr) throw std::out_of_range("nothing at " + json::serialize(*reference));
    return follow(*target);
}

const json::object& openapi_document::operation(std::string_view path, std::string_view method) const {
    return root().at("paths").as_object().at(path).as_object().at(method).as_object();
}

void openapi_document::for_each_operation(
    const std::function<void(const std::string&, const std::string&, const json::object&)>& visit) const {
    for (const auto& [path, item] : root().at("paths").as_object()) {
        for (const auto& [method, operation] : item.as_object()) {
            if (operation.is_object()) visit(std::string{path}, std::string{method}, operation.get_object());
        }
    }
}

const openapi_document::compiled& openapi_document::compile(const json::value& schema) const {
    auto& place = compiled_[json::serialize(schema)];
    if (place) return *place;
    auto compiled = std::make_unique<openapi_document::compiled>();
    json::object source = schema.as_object();
    source["components"] = root().at("components");
    compiled->source = std::move(source);
    valijson::SchemaParser parser{valijson::SchemaParser::kDraft7};
    parser.populateSchema(BoostJsonAdapter{compiled->source}, compiled->schema);
    place = std::move(compiled);
    return *place;
}

std::vector<std::string> openapi_document::faults(const json::value& value, const json::value& schema) const {
    valijson::ValidationResults results;
    valijson::Validator validator{valijson::Validator::kStrongTypes};
    if (validator.validate(compile(schema).schema, BoostJsonAdapter{value}, &results)) return {};
    std::vector<std::string> told;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
        std::string where;
        for (const std::string& step : error.context)
            where += step;
        told.push_back(where + ": " + error.description);
    }
    return told;
}

}  // namespace rollcall::testing
