// One write at one provider: the call, the agent as it is then, and failures in the words of our API.
#include "gateway/api/agent_write.hpp"

#include "gateway/api/agent_lookup.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/projection.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;

constexpr std::string_view maybe_done =
    "; it may have been done all the same: look before it is made again with another Idempotency-Key, or with none";

/// Can the provider have done what it was asked for?
bool may_have_been_done(const failure& failure) {
    if (failure.unsent) return false;
    switch (failure.kind) {
        case fault::rate_limited:
        case fault::auth_failed:
        case fault::circuit_open:
        case fault::not_found:
        case fault::rejected:
        case fault::overloaded:
            return false;
        case fault::error: {
            constexpr unsigned request_timeout = 408;
            const unsigned status = failure.upstream.status;
            return status < 400 || status >= 500 || status == request_timeout;
        }
        case fault::timeout:
        case fault::unreachable:
        case fault::invalid_response:
        case fault::cancelled:
            break;
    }
    return true;
}

/// What the provider finds wrong with the body, by our names of its fields; what is none of ours goes into the detail.
void translate_rejection(problem& told, const failure& failure, const adapters::provider& provider) {
    told.code = problem_code::invalid_body;
    for (const upstream_error::detail& detail : failure.upstream.details) {
        const std::string_view field = provider.field_written_to(detail.member);
        if (field.empty()) {
            told.detail += fmt::format("; {}: {}", detail.member, detail.why);
        } else {
            told.errors.push_back({problem_item::place::field, std::string{field}, detail.why});
        }
    }
}

write_end failed(const agent_write& write, const failure& failure) {
    const adapters::provider& provider = write.upstream->provider();
    const operation_kind operation = write.request.operation;
    problem told = problem_of(failure, provider.name());
    if (failure.kind == fault::rejected && operation != operation_kind::delete_) {
        translate_rejection(told, failure, provider);
    }
    const bool final = may_have_been_done(failure);
    if (final) told.detail += maybe_done;
    auto answer = std::make_shared<write_answer>();
    answer->problem = std::move(told);
    return {std::move(answer), final};
}

std::string location_of(std::string_view provider, std::string_view native_id) {
    return fmt::format("/agents/{}:{}", provider, boost::urls::encode(native_id, boost::urls::unreserved_chars));
}

/// The agent as the answer of the write, made of what is known of it: all, or the part that the provider answered.
write_end done(const agent_write& write, std::string_view native_id, const adapters::content& content,
               const normalizers::item& item, bool complete) {
    response written;
    written.add_header("X-Rollcall-Complete", complete ? "true" : "false");
    if (write.request.operation == operation_kind::create) {
        written.status = 201;
        written.add_header("Location", location_of(write.upstream->provider().name(), native_id));
    }
    parameters unasked{{}};
    const projection whole{unasked};
    whole.append(written.body, content.page, item);
    auto answer = std::make_shared<write_answer>();
    answer->status = written.status;
    answer->headers = std::move(written.headers);
    answer->body = std::move(written.body);
    answer->record = fmt::format("{}:{}", write.upstream->provider().name(), native_id);
    return {std::move(answer), true};
}

/// Until when the agent is read: while its client waits, so that there is time left to answer with the part.
deadline until_reread(const agent_write& write) {
    const auto now = steady_clock::now();
    const auto left = write.client_until - now;
    if (left <= steady_clock::duration::zero()) return now + write.upstream->provider().settings().timeout;
    return write.client_until - std::min<steady_clock::duration>(left / 10, answer_reserve);
}

/// Why what the provider answered cannot be the agent that was written; empty: it can.
std::string_view doubt_of(const agent_write& write, std::string_view native_id) {
    if (write.request.operation == operation_kind::create) {
        return adapters::provider::can_address(native_id) ? "" : "it answered with an id that leads nowhere";
    }
    return native_id == write.request.subject ? "" : "it answered with another agent";
}

}  // namespace

awaitable<write_end> make_write(agent_write write) {
    adapters::upstream& upstream = *write.upstream;
    const deadline until = steady_clock::now() + upstream.provider().settings().timeout;
    const result<adapters::answer> outcome = co_await upstream.write(write.request, until);
    if (!outcome.has_value()) co_return failed(write, outcome.error());
    if (write.request.operation == operation_kind::delete_) {
        auto deleted = std::make_shared<write_answer>();
        deleted->status = 204;
        co_return write_end{std::move(deleted), true};
    }
    const adapters::content& part = *outcome->content;
    const normalizers::item& item = part.page.items.front();
    const std::string native_id{part.page.native_id(item)};
    if (const auto doubt = doubt_of(write, native_id); !doubt.empty()) {
        const failure unbelievable{fault::invalid_response, std::string{doubt}};
        co_return failed(write, unbelievable);
    }
    const deadline reread_until = until_reread(write);
    const result<found_agent> whole =
        co_await find_agent(upstream, native_id, true, write.request.traceparent, reread_until);
    // An old answer that stands in for a failed one shows the agent as it was before.
    if (whole.has_value() && !whole->answer.stale_after) {
        co_return done(write, native_id, *whole->answer.content, *whole->item, true);
    }
    co_return done(write, native_id, part, item, false);
}

write_end broken_off() {
    auto answer = std::make_shared<write_answer>();
    answer->problem = problem{problem_code::internal_error,
                              fmt::format("the gateway did not bring the write to its end{}", maybe_done)};
    return {std::move(answer), true};
}

}  // namespace rollcall::gateway
