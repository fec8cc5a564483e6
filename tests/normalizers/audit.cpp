// The checks that hold for any bytes at all.
#include "tests/normalizers/audit.hpp"

#include "normalizers/snake_case.hpp"
#include "tests/normalizers/reading.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace rollcall::normalizers::tests {
namespace {

namespace json = boost::json;

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// An answer wraps what it is made of, so that may be nested as deep as the reader allows.
constexpr std::size_t any_depth = 256;

bool says_invalid(const failure& failure) {
    return failure.detail.starts_with("its answer is not valid JSON");
}

/// The reader takes objects and arrays alone, where JSON allows any value to be a document.
bool is_scalar(std::string_view body) {
    const std::size_t at = body.find_first_not_of(" \t\r\n");
    return at != std::string_view::npos && body[at] != '{' && body[at] != '[';
}

/// Does the escape at `at` begin with `\\ud` and one of `digits`: is it that half of a surrogate pair?
bool is_surrogate(std::string_view text, std::size_t at, std::string_view digits) {
    constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
    const std::string_view escape = text.substr(std::min(at, text.size()), 6);
    return escape.size() == 6 && (escape.starts_with("\\ud") || escape.starts_with("\\uD")) &&
           digits.find(escape[3]) != std::string_view::npos &&
           escape.find_first_not_of(hexadecimal, 4) == std::string_view::npos;
}

/// `text` with U+FFFD for each escaped surrogate that is no half of a pair. What stands outside of strings may be
/// changed too, but is no less invalid for it.
std::string without_lone_surrogates(std::string text) {
    constexpr std::string_view high = "89abAB";
    constexpr std::string_view low = "cdefCDEF";
    for (std::size_t at = text.find('\\'); at != std::string::npos; at = text.find('\\', at)) {
        const bool leads = is_surrogate(text, at, high);
        if (leads && is_surrogate(text, at + 6, low)) {
            at += 12;
            continue;
        }
        if (leads || is_surrogate(text, at, low)) text.replace(at, 6, "\\ufffd");
        at += 2;
    }
    return text;
}

/// Is `body` valid JSON, but for what the reader overlooks or repairs?
bool is_sound(std::string_view body) {
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    return is_json(without_lone_surrogates(std::string{body}));
}

void check_verdict(const result<page>& outcome, std::string_view body) {
    const bool read_as_json = outcome.has_value() || !says_invalid(outcome.error());
    const bool valid = is_sound(body);
    if (!valid && read_as_json) FAIL_CHECK("read, but invalid: ", body);
    if (valid && !read_as_json && !is_scalar(body)) FAIL_CHECK(outcome.error().detail, ", but valid: ", body);
}

/// Boost.JSON must take `text`, which was made of `body`.
void check_json(std::string_view text, std::string_view what, std::string_view body) {
    if (!is_json(text, any_depth)) FAIL_CHECK(what, " is not valid: ", text, "\nread from: ", body);
}

void check_page(const page& page, std::string_view body) {
    for (const item& item : page.items) {
        check_json(text_of(page, item), "an item", body);
        check_json(item.source.of(page.body), "a source", body);
        json::error_code error;
        const json::value agent = json::parse(text_of(page, item), error);
        if (error) continue;
        if (agent.as_object().size() != agent_record.fields.size()) FAIL_CHECK("fields are missing or twice: ", body);
        if (agent.at("native_id").as_string() != page.native_id(item)) FAIL_CHECK("the ids differ: ", body);
        if (agent.at("tags").as_array().size() != item.tag_count) FAIL_CHECK("the tags differ: ", body);
    }
    if (page.items.size() > page.received) FAIL_CHECK("more items than were received: ", body);
    check_json(json::serialize(page.next), "the page token", body);
}

/// An object whose names are in snake_case is valid, and nothing is left to be changed in it.
void check_renamed(std::string_view object, std::string_view body) {
    std::string once = "{";
    append_members_in_snake_case(once, object);
    once += '}';
    check_json(once, "a renamed object", body);
    std::string twice = "{";
    append_members_in_snake_case(twice, once);
    if (twice + '}' != once) FAIL_CHECK("renamed twice: ", twice, "\nread from: ", body);
}

void check_records(const page& page, const record_sample& sample, std::string_view body) {
    for (const item& item : page.items) {
        const std::string text = "{" + std::string{page.members(item, 0, sample.of.fields.size())} + "}";
        check_json(text, "a record", body);
        json::error_code error;
        const json::value record = json::parse(text, error);
        if (!error && record.as_object().size() != sample.of.fields.size())
            FAIL_CHECK("fields are missing or twice: ", body);
        check_renamed(item.source.of(page.body), body);
    }
}

}  // namespace

bool is_json(std::string_view text, std::size_t depth) {
    json::parse_options options;
    options.max_depth = depth;
    json::error_code error;
    (void)json::parse(text, error, {}, options);
    return !error;
}

auditor::auditor(const dialect& dialect) : list_(dialect.plan_of_list()), one_(dialect.plan_of_one()) {}

void auditor::audit(std::string_view body) {
    const auto list = reader_.read_list(list_, std::string{body});
    ++(list.has_value() ? pages : refused);
    check_verdict(list, body);
    if (list.has_value()) check_page(*list, body);

    const auto one = reader_.read_one(one_, std::string{body});
    check_verdict(one, body);
    if (one.has_value()) check_page(*one, body);

    const upstream_error error = reader_.read_error(list_.errors, std::string{body});
    check_json(json::serialize(error.code), "a code", body);
    check_json(json::serialize(error.message), "a message", body);
}

record_auditor::record_auditor(const record_sample& sample)
    : sample_(sample), list_(sample.plan_of_list()), one_(sample.plan_of_one()) {
    error_pointers pointers;
    pointers.details = json_pointer{};
    errors_ = compile_errors(pointers);
}

void record_auditor::audit(std::string_view body) {
    constexpr std::string_view subject = "a\"\\\xff\n";
    const auto outcome = sample_.is_list ? reader_.read_list(list_, std::string{body}, subject)
                                         : reader_.read_one(one_, std::string{body}, subject);
    ++(outcome.has_value() ? pages : refused);
    check_verdict(outcome, body);
    if (outcome.has_value()) check_records(*outcome, sample_, body);
    audit_members(body);
    for (const auto& detail : reader_.read_error(errors_, std::string{body}).details) {
        check_json(json::serialize(detail.member), "a member of an error", body);
        check_json(json::serialize(detail.why), "a detail of an error", body);
    }
}

void record_auditor::audit_members(std::string_view body) {
    const auto members = reader_.read_members(std::string{body});
    if (members.has_error()) {
        const bool says_so = members.error().detail.starts_with("not valid JSON at byte ");
        if (says_so && is_sound(body)) FAIL_CHECK(members.error().detail, ", but valid: ", body);
        return;
    }
    if (!is_sound(body)) FAIL_CHECK("its members were read, but invalid: ", body);
    for (const member& member : *members) {
        check_json(member.raw, "a member", body);
        check_json(json::serialize(member.name), "a member's name", body);
    }
}

}  // namespace rollcall::normalizers::tests
