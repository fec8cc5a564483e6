// What requests beyond a limit are answered.
#include "gateway/limits/request_limits.hpp"

#include "config/units.hpp"
#include "gateway/access/client.hpp"
#include "gateway/http/problem.hpp"
#include "gateway/limits/client_limiter.hpp"
#include "gateway/telemetry/client_metrics.hpp"

#include <fmt/format.h>

namespace rollcall::gateway {
namespace {

using std::chrono::seconds;

/// How long a request takes is not known, so nobody knows when one of them ends.
constexpr seconds retry_after_concurrency{1};

/// Whole seconds, rounded up, so that who waits for so long does not come too early.
seconds whole_seconds(std::chrono::nanoseconds wait) {
    return std::chrono::ceil<seconds>(wait);
}

void write_refusal(response& response, std::string detail, seconds retry_after, std::string_view request_id) {
    const problem refused{.code = problem_code::rate_limited,
                          .detail = std::move(detail),
                          .retry_after = retry_after,
                          .extensions = fmt::format("\"retry_after_s\":{}", retry_after.count())};
    write_problem(response, refused, request_id);
}

std::string detail_of(client_excess excess, const config::client_limits& limits) {
    if (excess == client_excess::concurrency) {
        return fmt::format("{} requests of the client are being answered, which is as many as it may have at once",
                           *limits.concurrent);
    }
    const config::request_rate& rate = *limits.rate;
    return fmt::format("the client has made more requests than its limit of {} in {}, or {} at once", rate.requests,
                       config::format_duration(rate.per), rate.burst);
}

}  // namespace

bool admit_within_limits(request& request, response& response) {
    const client& client = *request.client;
    if (client.limiter == nullptr) return true;
    client_limiter::verdict found = client.limiter->take(request.arrived);
    response.rate_limit = {"client", client.limiter->policy(), found.bucket.left, whole_seconds(found.bucket.next_in)};
    if (!found.excess) {
        request.turn = std::move(found.turn);
        return true;
    }
    const bool too_often = *found.excess == client_excess::rate;
    const seconds retry_after = too_often ? response.rate_limit.next_in : retry_after_concurrency;
    // Who comes back after that must not find that it says something else.
    response.rate_limit.next_in = std::min(response.rate_limit.next_in, retry_after);
    if (client.requests != nullptr) client.requests->limited(*found.excess);
    write_refusal(response, detail_of(*found.excess, client.limiter->limits()), retry_after, request.id);
    return false;
}

bool is_within_limits(const client& client, steady_clock::time_point now) {
    return client.limiter == nullptr || client.limiter->has_room(now);
}

address_limits::address_limits(std::shared_ptr<address_table> table, excess_counter on_excess)
    : table_(std::move(table)), on_excess_(std::move(on_excess)) {
    if (table_) policy_ = rate_limit_policy("address", table_->plan());
}

bool address_limits::refuse(const bucket_step& step, std::string_view detail, const request& request,
                            response& response) const {
    on_excess_();
    write_refusal(response, std::string{detail}, whole_seconds(step.next_in), request.id);
    return false;
}

bool address_limits::admit_unknown(const request& request, response& response) const {
    if (!table_) return true;
    const bucket_step step = table_->take(request.address, request.arrived);
    if (step.granted) return true;
    return refuse(step, "too many requests without a credential that is good have come from this address", request,
                  response);
}

bool address_limits::admit_anybody(const request& request, response& response) const {
    if (!table_) return true;
    const bucket_step step = table_->take(request.address, request.arrived);
    response.rate_limit = {"address", policy_, step.left, whole_seconds(step.next_in)};
    if (step.granted) return true;
    return refuse(step, "too many requests have come from this address", request, response);
}

bool address_limits::has_room(const request& request) const {
    return !table_ || table_->look(request.address, request.arrived).granted;
}

}  // namespace rollcall::gateway
