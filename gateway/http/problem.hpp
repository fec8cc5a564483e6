// Errors as clients see them: RFC 9457 problem details, and the one table from code to status.
#pragma once

#include "base/failure.hpp"
#include "gateway/http/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// Every code of the contract, section 3.
enum class problem_code : std::uint8_t {
    invalid_parameter,
    invalid_body,
    invalid_cursor,
    malformed_request,
    unauthorized,
    forbidden,
    not_found,
    unknown_provider,
    method_not_allowed,
    not_acceptable,
    request_timeout,
    cursor_expired,
    payload_too_large,
    uri_too_long,
    unsupported_media_type,
    expectation_failed,
    idempotency_key_reused,
    rate_limited,
    headers_too_large,
    internal_error,
    unsupported_operation,
    not_implemented,
    http_version_not_supported,
    upstream_error,
    upstream_invalid_response,
    upstream_auth_failed,
    upstream_unreachable,
    overloaded,
    upstream_rate_limited,
    circuit_open,
    upstream_timeout,
};

struct problem_kind {
    std::string_view code;
    unsigned status;
    std::string_view title;
};

[[nodiscard]] const problem_kind& kind_of(problem_code code);

/// The code with which a provider's failure is told.
[[nodiscard]] problem_code code_of(fault fault);

/// One wrong parameter or body field.
struct problem_item {
    enum class place : std::uint8_t { parameter, field };
    problem_item::place place = problem_item::place::parameter;
    std::string name;
    std::string detail;
};

struct problem {
    problem_code code = problem_code::internal_error;
    std::string detail;
    std::string provider{};  ///< whose failure it is; may be empty
    std::optional<upstream_error> upstream{};
    std::optional<std::chrono::seconds> retry_after{};  ///< also sent as Retry-After
    std::vector<problem_item> errors{};
    std::string extensions{};  ///< further members as JSON text, `"name":value,…`; may be empty
};

/// The problem that tells of `failure` of the provider `provider`.
[[nodiscard]] problem problem_of(const failure& failure, std::string_view provider);

/// Makes `response` the problem's answer: status, content type, Retry-After and body. `request_id` is repeated in the
/// body.
void write_problem(response& response, const problem& problem, std::string_view request_id);

}  // namespace rollcall::gateway
