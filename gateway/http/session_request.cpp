// One client's connection: the request that the handlers see, made of the head that was read, and of the fields that
// are the session's to obey.
#include "gateway/http/client_address.hpp"
#include "gateway/http/client_timeout.hpp"
#include "gateway/http/session.hpp"
#include "gateway/http/text.hpp"
#include "gateway/telemetry/trace_context.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::gateway {

void session::begin_exchange(steady_clock::time_point now) {
    request_.method = head_.method;
    request_.path = head_.path;
    request_.query = head_.query;
    request_.headers = head_.fields;
    request_.body = body_view_;
    request_.certificate = stream_.names();
    request_.arrived = now;
    request_.address = origin();
    gatekeeper_ = policy_->gatekeeper;
    request_.client = nullptr;
    request_.key = {};
    request_.record.clear();
    request_.deadline = now + policy_->request_timeout;
    adopt_headers(head_.fields, now);
    response_.rate_limit = {};
    response_.status = 200;
    response_.code = {};
    response_.audited = false;
    response_.content_type = "application/json";
    response_.cache_control = "no-store";
    response_.headers.clear();
    response_.body.clear();
}

asio::ip::address session::origin() const {
    return policy_->proxies.origin_of(head_.fields, peer_);
}

/// X-Request-Id, traceparent and X-Request-Timeout-Ms, in one pass over the fields.
void session::adopt_headers(const std::vector<header_field>& fields, steady_clock::time_point now) {
    constexpr std::string_view id_name = "x-request-id";
    constexpr std::string_view trace_name = "traceparent";
    const header_field* id = nullptr;
    const header_field* trace = nullptr;
    unsigned traces = 0;
    unsigned timeouts = 0;
    wrong_timeout_.reset();
    for (const header_field& field : fields) {
        if (id == nullptr && equals_ignoring_case(field.name, id_name)) id = &field;
        if (equals_ignoring_case(field.name, trace_name)) {
            trace = &field;
            ++traces;
        }
        if (equals_ignoring_case(field.name, client_timeout_name)) {
            shorten_deadline(field.value, now);
            if (++timeouts == 2) refuse_timeout("it is given more than once");
        }
    }
    adopt_identity(id, traces == 1 ? trace : nullptr);
}

void session::adopt_identity(const header_field* id, const header_field* trace) {
    if (id != nullptr && is_request_id(id->value)) {
        request_id_ = id->value;
    } else {
        environment_->identifiers.write_request_id(request_id_);
    }
    request_.id = request_id_;

    traceparent_.clear();
    const auto context = trace != nullptr ? read_traceparent(trace->value) : std::nullopt;
    if (context) write_traceparent(traceparent_, *context, environment_->identifiers.next());
    request_.traceparent = traceparent_;
}

void session::shorten_deadline(std::string_view timeout, steady_clock::time_point now) {
    const auto time = read_client_timeout(timeout);
    if (!time) return refuse_timeout("it must be a whole number of milliseconds, at least 1");
    request_.deadline = std::min(request_.deadline, now + *time);
}

void session::refuse_timeout(std::string_view detail) {
    const std::string name{client_timeout_name};
    wrong_timeout_.emplace(
        problem{.code = problem_code::invalid_parameter, .detail = fmt::format("{}: {}", name, detail)});
    wrong_timeout_->errors.push_back({.name = name, .detail = std::string{detail}});
}

}  // namespace rollcall::gateway
