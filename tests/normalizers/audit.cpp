// The checks that hold for any bytes at all.
#include "tests/normalizers/audit.hpp"

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

void check_verdict(const result<page>& outcome, std::string_view body) {
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    const bool read_as_json = outcome.has_value() || !says_invalid(outcome.error());
    const bool valid = is_json(without_lone_surrogates(std::string{body}));
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
        if (agent.as_object().size() != agent_schema.size()) FAIL_CHECK("fields are missing or twice: ", body);
        if (agent.at("native_id").as_string() != page.native_id(item)) FAIL_CHECK("the ids differ: ", body);
        if (agent.at("tags").as_array().size() != item.tag_count) FAIL_CHECK("the tags differ: ", body);
    }
    if (page.items.size() > page.received) FAIL_CHECK("more items than were received: ", body);
    check_json(json::serialize(page.next), "the page token", body);
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

}  // namespace rollcall::normalizers::tests
