// Preflights, and the fields by which a browser lets a page read an answer.
#include "gateway/http/cross_origin.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

constexpr std::string_view methods = "GET, HEAD, POST, PATCH, DELETE";

// Those that the API reads. A browser's own need no leave.
constexpr std::string_view request_headers =
    "Authorization, Cache-Control, Content-Type, Idempotency-Key, traceparent, X-Api-Key, X-Request-Id, "
    "X-Request-Timeout-Ms";

// Those that the API answers with and that a page could not read otherwise.
constexpr std::string_view response_headers =
    "Accept-Patch, Accept-Post, Age, Allow, Idempotent-Replayed, Location, RateLimit, RateLimit-Policy, Retry-After, "
    "WWW-Authenticate, X-Request-Id, X-Rollcall-Complete";

}  // namespace

cross_origin::cross_origin(const config::cors& settings)
    : origins_(settings.origins), max_age_(std::to_string(settings.max_age.count())) {}

bool cross_origin::may_call(std::string_view origin) const {
    return std::ranges::find(origins_, origin) != origins_.end();
}

bool cross_origin::answer_preflight(const request& request, response& response) const {
    if (request.method != method::options || !request.header("Access-Control-Request-Method")) return false;
    const auto origin = request.header("Origin");
    if (!origin || !may_call(*origin)) return false;
    response.status = 204;
    response.add_header("Access-Control-Allow-Methods", methods);
    response.add_header("Access-Control-Allow-Headers", request_headers);
    response.add_header("Access-Control-Max-Age", max_age_);
    return true;
}

void cross_origin::mark(const request& request, response& response) const {
    response.add_header("Vary", "Origin");
    const auto origin = request.header("Origin");
    if (!origin || !may_call(*origin)) return;
    response.add_header("Access-Control-Allow-Origin", *origin);
    response.add_header("Access-Control-Expose-Headers", response_headers);
}

}  // namespace rollcall::gateway
