// Single header fields of a request: each is read or refused, and the letters' case means nothing where HTTP says so.
// An input is one value.
#include "gateway/http/accept.hpp"
#include "gateway/http/identifiers.hpp"
#include "gateway/http/media_type.hpp"
#include "gateway/http/request_line.hpp"
#include "gateway/http/text.hpp"
#include "gateway/telemetry/trace_context.hpp"
#include "tests/fuzz/input.hpp"

#include <string>

namespace {

using namespace rollcall::gateway;
using rollcall::fuzz::check;

constexpr std::string_view json_types[] = {"application/json", "application/merge-patch+json"};
constexpr std::size_t uri_bytes = 256;

std::string upper(std::string_view text) {
    std::string result{text};
    for (char& byte : result) {
        if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 'a' + 'A');
    }
    return result;
}

bool accepted(std::string_view value) {
    const header_field fields[] = {{"Accept", value}};
    request request;
    request.headers = fields;
    return accepts_json(request);
}

void try_accept(std::string_view value) {
    const bool takes_json = accepted(value);
    check(accepted(upper(value)) == takes_json, "the case of Accept means nothing");
    check(accepted(" " + std::string{value} + "\t") == takes_json || !takes_json, "white space refuses nothing");
}

void try_content_type(std::string_view value) {
    const bool is_json = names_media_type(value, json_types);
    check(names_media_type(upper(value), json_types) == is_json, "the case of Content-Type means nothing");
    check(!is_json || names_media_type(std::string{value} + ";v=1", json_types), "a parameter more means nothing");
    check(!is_json || !names_media_type(std::string{value} + ";charset=latin1", json_types), "JSON is UTF-8");
}

void try_traceparent(std::string_view value) {
    const auto context = read_traceparent(value);
    if (!context) return;
    std::string sent;
    write_traceparent(sent, *context, 1);
    const auto again = read_traceparent(sent);
    check(again && again->trace_id == context->trace_id && again->flags == context->flags,
          "a trace goes on under its id");
    check(trace_id_of(sent) == context->trace_id, "a trace is logged under its id");
}

void try_request_line(std::string_view value) {
    check(is_authority(value) == is_authority(upper(value)), "the case of a host means nothing");
    check(!is_authority(value) || all(text_class::visible, value), "a host is visible");
    check(!is_request_id(value) || all(text_class::visible, value), "a request's id is visible");
    request_line line;
    if (read_request_line(value, uri_bytes, line)) return;
    check(line.method != method::other && line.path.starts_with('/'), "a request line has a method and a path");
    check(all(text_class::target, line.path) && all(text_class::target, line.query), "a target is clean");
    check(line.authority.empty() || is_authority(line.authority), "a target's host is a host");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const std::string_view value = input.rest();
    try_accept(value);
    try_content_type(value);
    try_traceparent(value);
    try_request_line(value);
    return 0;
}
