// What providers answer, read with every operation of every shipped profile: what is accepted is sound JSON, and each
// of its items is valid JSON with the contract's fields and nothing else. An input is the number of a profile, that of
// an operation, and the body.
#include "normalizers/read.hpp"
#include "normalizers/snake_case.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/shipped.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace {

using namespace rollcall;
using fuzz::check;
using fuzz::strict_json;
using normalizers::field;
using normalizers::item;
using normalizers::kind;
using normalizers::page;
namespace json = boost::json;

// A member's name of a client, or an id, may need escapes.
constexpr std::string_view subject = "a\"\\\xff\n";
// Depths over which both parsers agree for sure; the reader's own bound counts from the document.
constexpr std::size_t plain_depth = 100;

bool is_among(std::string_view text, std::span<const std::string_view> names) {
    return std::ranges::find(names, text) != names.end();
}

bool is_utc(std::string_view text) {
    constexpr std::string_view shape = "0000-00-00T00:00:00";
    if (text.size() <= shape.size() || !text.ends_with('Z')) return false;
    for (std::size_t at = 0; at < shape.size(); ++at) {
        const bool digit = text[at] >= '0' && text[at] <= '9';
        if (shape[at] == '0' ? !digit : text[at] != shape[at]) return false;
    }
    return true;
}

void check_members(const json::object& object, std::span<const field> fields, std::string_view provider);

/// Whether the value of a field is of its kind, as the contract has it.
void check_value(const json::value& value, const field& field, std::string_view provider) {
    const std::string prefix = std::string{provider} + ':';
    const auto is_reference = [&](const json::value& id) {
        return id.is_string() && std::string_view{id.get_string()}.starts_with(prefix);
    };
    const bool null = value.is_null();
    switch (field.kind) {
        case kind::id:
            return check(is_reference(value), "an id names its provider");
        case kind::provider:
            return check(value.is_string() && value.get_string() == provider, "the provider is named");
        case kind::native_id:
            return check(value.is_string(), "a native id is a string");
        case kind::text:
            return check(null || value.is_string(), "a text is a string or null");
        case kind::type:
            return check(null || (value.is_string() && is_among(value.get_string(), normalizers::agent_types)),
                         "a type is one of the contract's or null");
        case kind::status:
            return check(null || (value.is_string() && is_among(value.get_string(), normalizers::agent_statuses)),
                         "a status is one of the contract's or null");
        case kind::number:
            return check(null || value.is_number(), "a number is a number or null");
        case kind::time:
            return check(null || (value.is_string() && is_utc(value.get_string())), "a time is in UTC or null");
        case kind::object:
        case kind::renamed_object:
            return check(null || value.is_object(), "an object is an object or null");
        case kind::flag:
            return check(null || value.is_bool(), "a flag is true, false or null");
        case kind::reference:
        case kind::subject:
            return check(null || is_reference(value), "a reference names its provider, or is null");
        case kind::record:
            if (!null) check(value.is_object(), "a record is an object or null");
            if (!null) check_members(value.get_object(), field.fields, provider);
            return;
        case kind::text_list:
        case kind::reference_list:
        case kind::record_list:
            break;
    }
    check(value.is_array(), "a list is an array");
    for (const json::value& element : value.get_array()) {
        if (field.kind == kind::text_list) check(element.is_string(), "a list of texts holds strings");
        if (field.kind == kind::reference_list) check(is_reference(element), "a list of ids holds ids");
        if (field.kind != kind::record_list) continue;
        check(element.is_object(), "a list of records holds objects");
        check_members(element.get_object(), field.fields, provider);
    }
}

/// Exactly `fields`, in their order. A member that is there twice would have been counted once.
void check_members(const json::object& object, std::span<const field> fields, std::string_view provider) {
    check(object.size() == fields.size(), "a record has the contract's fields and no others");
    const auto* member = object.begin();
    for (const field& field : fields) {
        check(member->key() == json::string_view{field.name.data(), field.name.size()}, "fields are in their order");
        check_value(member->value(), field, provider);
        ++member;
    }
}

/// Insights pass the provider's own members on, under names in snake_case.
void check_renamed(std::string_view object) {
    std::string once = "{";
    normalizers::append_members_in_snake_case(once, object);
    once += '}';
    check(strict_json(once).has_value(), "a renamed object is valid JSON");
    std::string twice = "{";
    normalizers::append_members_in_snake_case(twice, once);
    check(twice + '}' == once, "what is renamed stays as it is");
}

void check_item(const page& page, const item& item, const normalizers::record& record, std::string_view provider) {
    const std::size_t count = record.fields.size();
    const auto whole = strict_json(fmt::format("{{{}}}", page.members(item, 0, count)));
    check(whole.has_value(), "an item is valid JSON");
    check_members(whole->as_object(), record.fields, provider);
    for (std::size_t at = 0; at < count; ++at) {
        const auto one = strict_json(fmt::format("{{{}}}", page.members(item, at, at + 1)));
        check(one && one->as_object().size() == 1, "each field of an item can be had alone");
    }
    const auto source = strict_json(item.source.of(page.body));
    check(source && source->is_object(), "a source is a JSON object");
    check_renamed(item.source.of(page.body));
    if (&record != &normalizers::agent_record) return;

    const json::object& agent = whole->as_object();
    check(agent.at("native_id").as_string() == page.native_id(item), "the native id is the item's");
    const json::array& tags = agent.at("tags").as_array();
    check(tags.size() == item.tag_count, "the tags are the item's");
    for (const json::value& tag : tags)
        check(page.has_tag(item, tag.as_string()), "a tag is found again");
    const json::value& status = agent.at("status");
    check(status.is_null() ? item.status == normalizers::no_choice
                           : normalizers::agent_statuses[item.status] == std::string_view{status.as_string()},
          "the status that is filtered by is the one that is told");
    const json::value& type = agent.at("type");
    check(type.is_null() ? item.type == normalizers::no_choice
                         : normalizers::agent_types[item.type] == std::string_view{type.as_string()},
          "the type that is filtered by is the one that is told");
}

void check_page(page& page, const normalizers::record& record, std::string_view provider) {
    check(strict_json(page.body).has_value(), "a body that was read is valid JSON");
    check(page.items.size() <= page.received, "no item is made up");
    check(fuzz::is_utf8(page.next), "a page token is UTF-8");
    for (const item& item : page.items)
        check_item(page, item, record, provider);
    page.order_by_native_id();
    for (const item& item : page.items)
        check_item(page, item, record, provider);
}

/// A refusal must not call sound JSON broken.
void check_refusal(const failure& failure, std::string_view body) {
    check(failure.kind == fault::invalid_response || failure.kind == fault::error, "a refusal is the provider's fault");
    check(fuzz::is_utf8(failure.detail), "a refusal can be told");
    const bool says_invalid = failure.detail.starts_with("its answer is not valid JSON");
    const auto value = says_invalid ? strict_json(body, plain_depth) : std::nullopt;
    check(!value || !value->is_structured(), "a body that is valid JSON is not called invalid");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static normalizers::reader reader;
    fuzz::input input{bytes, size};
    const auto& providers = fuzz::shipped_providers();
    const adapters::provider& provider = providers[input.below(providers.size())];
    const auto kind = static_cast<adapters::operation_kind>(input.below(adapters::operation_count));
    const std::string body{input.rest()};
    const adapters::reading& reading = provider.reading_of(kind);
    if (const auto* const plan = std::get_if<normalizers::acknowledgement_plan>(&reading)) {
        const result<void> outcome = reader.read_acknowledgement(*plan, body);
        if (outcome.has_error()) check_refusal(outcome.error(), body);
        return 0;
    }
    result<page> outcome = failure{fault::error, "not offered"};
    if (const auto* const list = std::get_if<normalizers::list_plan>(&reading)) {
        outcome = reader.read_list(*list, body, subject);
    } else if (const auto* const one = std::get_if<normalizers::one_plan>(&reading)) {
        outcome = reader.read_one(*one, body, subject);
        check(outcome.has_error() || outcome->items.size() == 1, "an answer of one item holds one");
    }
    if (outcome.has_value()) {
        check_page(*outcome, *adapters::record_of(kind), provider.name());
    } else {
        check_refusal(outcome.error(), body);
    }
    return 0;
}
