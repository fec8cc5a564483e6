// The table of problem codes, and problem details as JSON (RFC 9457).
#include "gateway/http/problem.hpp"

#include "base/json_text.hpp"

#include <algorithm>
#include <array>

namespace rollcall::gateway {
namespace {

constexpr std::size_t upstream_message_characters = 256;

constexpr std::size_t problem_count = static_cast<std::size_t>(problem_code::upstream_timeout) + 1;

/// In the order of problem_code.
constexpr std::array<problem_kind, problem_count> kinds = {{
    {"invalid_parameter", 400, "A parameter is not valid"},
    {"invalid_body", 400, "The request's body is not valid"},
    {"invalid_cursor", 400, "The cursor is not valid"},
    {"malformed_request", 400, "The request is malformed"},
    {"unauthorized", 401, "Authentication is needed"},
    {"forbidden", 403, "This is not allowed"},
    {"not_found", 404, "There is no such resource"},
    {"unknown_provider", 404, "There is no such provider"},
    {"method_not_allowed", 405, "The resource does not offer this method"},
    {"not_acceptable", 406, "The resource has no representation that the client accepts"},
    {"request_timeout", 408, "The request took too long to arrive"},
    {"cursor_expired", 410, "The cursor has expired"},
    {"payload_too_large", 413, "The request's body is too large"},
    {"uri_too_long", 414, "The request's target is too long"},
    {"unsupported_media_type", 415, "The media type of the body is not supported"},
    {"expectation_failed", 417, "The expectation cannot be met"},
    {"idempotency_key_reused", 422, "The idempotency key belongs to another request"},
    {"rate_limited", 429, "Too many requests"},
    {"headers_too_large", 431, "The request's headers are too large"},
    {"internal_error", 500, "The gateway failed"},
    {"unsupported_operation", 501, "The provider does not offer this operation"},
    {"not_implemented", 501, "The gateway does not implement this"},
    {"http_version_not_supported", 505, "The HTTP version is not supported"},
    {"upstream_error", 502, "The provider failed"},
    {"upstream_invalid_response", 502, "The provider's answer cannot be read"},
    {"upstream_auth_failed", 502, "The provider refuses the gateway's credential"},
    {"upstream_unreachable", 502, "The provider cannot be reached"},
    {"overloaded", 503, "The gateway is overloaded"},
    {"upstream_rate_limited", 503, "The provider's quota is spent"},
    {"circuit_open", 503, "The provider failed too often to be asked now"},
    {"upstream_timeout", 504, "The provider did not answer in time"},
}};

/// In the order of fault.
constexpr std::array<problem_code, fault_count> codes_of_faults = {
    problem_code::upstream_timeout,           // timeout
    problem_code::upstream_unreachable,       // unreachable
    problem_code::upstream_rate_limited,      // rate_limited
    problem_code::upstream_auth_failed,       // auth_failed
    problem_code::circuit_open,               // circuit_open
    problem_code::upstream_invalid_response,  // invalid_response
    problem_code::upstream_error,             // error
    problem_code::not_found,                  // not_found
    problem_code::invalid_parameter,          // rejected
    problem_code::overloaded,                 // overloaded
    problem_code::internal_error,             // cancelled: nobody is there to read it
};

std::string_view cut_to_characters(std::string_view text, std::size_t characters) {
    std::size_t counted = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool begins_character = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
        if (begins_character && counted++ == characters) return text.substr(0, at);
    }
    return text;
}

std::string type_of(std::string_view code) {
    std::string type = "/problems/";
    std::replace_copy(code.begin(), code.end(), std::back_inserter(type), '_', '-');
    return type;
}

void append_upstream(std::string& out, const upstream_error& upstream) {
    append_json_key(out, "upstream");
    out += '{';
    if (upstream.status != 0) append_json_raw_member(out, "status", std::to_string(upstream.status));
    if (!upstream.code.empty()) append_json_member(out, "code", upstream.code);
    if (!upstream.message.empty()) {
        append_json_member(out, "message", cut_to_characters(upstream.message, upstream_message_characters));
    }
    out += '}';
}

void append_errors(std::string& out, const std::vector<problem_item>& errors) {
    append_json_key(out, "errors");
    out += '[';
    for (const problem_item& error : errors) {
        if (out.back() != '[') out += ',';
        out += '{';
        append_json_member(out, error.place == problem_item::place::parameter ? "parameter" : "field", error.name);
        append_json_member(out, "detail", error.detail);
        out += '}';
    }
    out += ']';
}

}  // namespace

const problem_kind& kind_of(problem_code code) {
    return kinds[static_cast<std::size_t>(code)];
}

problem_code code_of(fault fault) {
    return codes_of_faults[static_cast<std::size_t>(fault)];
}

problem problem_of(const failure& failure, std::string_view provider) {
    problem told{.code = code_of(failure.kind), .detail = failure.detail, .provider = std::string(provider)};
    const upstream_error& upstream = failure.upstream;
    if (upstream.status != 0 || !upstream.code.empty() || !upstream.message.empty()) told.upstream = upstream;
    told.retry_after = failure.retry_after;
    // Every `overloaded` says when to come back; places are taken for no longer than a call lasts.
    if (failure.kind == fault::overloaded && !told.retry_after) told.retry_after = std::chrono::seconds{1};
    return told;
}

void write_problem(response& response, const problem& problem, std::string_view request_id) {
    const problem_kind& kind = kind_of(problem.code);
    response.status = kind.status;
    response.code = kind.code;
    response.content_type = "application/problem+json";
    response.cache_control = "no-store";
    response.headers.clear();
    if (problem.retry_after) response.add_header("Retry-After", std::to_string(problem.retry_after->count()));

    std::string& out = response.body;
    out.assign(1, '{');
    append_json_member(out, "type", type_of(kind.code));
    append_json_member(out, "title", kind.title);
    append_json_raw_member(out, "status", std::to_string(kind.status));
    append_json_member(out, "detail", problem.detail);
    append_json_member(out, "code", kind.code);
    append_json_member(out, "request_id", request_id);
    if (!problem.provider.empty()) append_json_member(out, "provider", problem.provider);
    if (problem.upstream) append_upstream(out, *problem.upstream);
    if (!problem.errors.empty()) append_errors(out, problem.errors);
    if (!problem.extensions.empty()) {
        out += ',';
        out += problem.extensions;
    }
    out += '}';
}

}  // namespace rollcall::gateway
