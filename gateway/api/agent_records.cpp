// GET /agents/{id}/status, /insights and /analytics: one call to one provider, and its record as the answer.
#include "gateway/api/agent_records.hpp"

#include "base/json_text.hpp"
#include "gateway/api/addressed_agent.hpp"
#include "gateway/api/agent_lookup.hpp"
#include "gateway/api/agents_query.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/dates.hpp"
#include "gateway/api/page.hpp"
#include "normalizers/schema.hpp"
#include "normalizers/snake_case.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;

/// What sets one of these resources apart from the others.
struct record_call {
    operation_kind kind = operation_kind::status;
    void (*read)(parameters& parameters, adapters::call_arguments& arguments) = nullptr;
    void (*write)(std::string& out, const normalizers::page& page) = nullptr;
};

void read_nothing(parameters&, adapters::call_arguments&) {}

void read_look_back(parameters& parameters, adapters::call_arguments& arguments) {
    arguments.days = read_days(parameters);
}

void read_required_dates(parameters& parameters, adapters::call_arguments& arguments) {
    date_range range = read_dates(parameters, true);
    arguments.start_date = std::move(range.start);
    arguments.end_date = std::move(range.end);
}

template<const normalizers::record& record>
void write_record(std::string& out, const normalizers::page& page) {
    out += '{';
    out += page.members(page.items.front(), 0, record.fields.size());
    out += '}';
}

/// Ours first, then whatever the provider says.
void write_insights(std::string& out, const normalizers::page& page) {
    constexpr std::string_view ours[] = {"agent_id", "provider"};
    const normalizers::item& item = page.items.front();
    out += '{';
    out += page.members(item, 0, normalizers::insights_record.fields.size());
    out += ',';
    const std::size_t begin = out.size();
    normalizers::append_members_in_snake_case(out, item.source.of(page.body), ours);
    if (out.size() == begin) out.pop_back();
    out += '}';
}

/// For a provider that is not asked for the status: what the agent itself says of it, null for the rest.
void write_status_of_agent(std::string& out, const found_agent& agent) {
    const normalizers::page& page = agent.answer.content->page;
    const auto agent_fields = normalizers::agent_record.fields;
    out += '{';
    for (const normalizers::field& field : normalizers::status_record.fields) {
        const auto same = std::ranges::find(agent_fields, field.name, &normalizers::field::name);
        if (same == agent_fields.end()) {
            append_json_raw_member(out, field.name, "null");
            continue;
        }
        const auto at = static_cast<std::size_t>(same - agent_fields.begin());
        if (out.back() != '{') out += ',';
        out += page.members(*agent.item, at, at + 1);
    }
    out += '}';
}

constexpr record_call status_call{operation_kind::status, read_nothing, write_record<normalizers::status_record>};
constexpr record_call insights_call{operation_kind::insights, read_look_back, write_insights};
constexpr record_call analytics_call{operation_kind::analytics, read_required_dates,
                                     write_record<normalizers::analytics_record>};
constexpr record_call conversation_analytics_call{operation_kind::analytics_conversations, read_required_dates,
                                                  write_record<normalizers::conversation_analytics_record>};
constexpr record_call sales_analytics_call{operation_kind::analytics_sales, read_required_dates,
                                           write_record<normalizers::sales_analytics_record>};

/// Is the record of the agent that was asked for? One that names none is taken for it.
bool is_of(const normalizers::page& page, std::string_view native_id, operation_kind kind) {
    return kind != operation_kind::status || page.native_id(page.items.front()) == native_id;
}

/// Asks the provider itself and writes the answer.
awaitable<result<void>> write_from_call(const addressed_agent& agent, const record_call& call,
                                        const adapters::call_arguments& arguments, const request& request,
                                        response& response) {
    adapters::request upstream_request = agent.upstream->provider().call_request(call.kind, arguments);
    upstream_request.fresh = wants_fresh(request);
    upstream_request.traceparent = request.traceparent;
    const result<adapters::answer> outcome =
        co_await agent.upstream->call(upstream_request, deadline_of_calls(request));
    if (!outcome.has_value()) co_return outcome.error();
    const adapters::content& content = *outcome->content;
    if (!is_of(content.page, agent.native_id, call.kind))
        co_return failure{fault::invalid_response, "it answered with another agent"};
    call.write(response.body, content.page);
    add_age(response, steady_clock::now() - content.received_at);
    co_return result<void>{};
}

awaitable<result<void>> write_status_from_agent(const addressed_agent& agent, const request& request,
                                                response& response) {
    const result<found_agent> outcome = co_await find_agent(*agent.upstream, agent.native_id, wants_fresh(request),
                                                            request.traceparent, deadline_of_calls(request));
    if (!outcome.has_value()) co_return outcome.error();
    write_status_of_agent(response.body, *outcome);
    add_age(response, steady_clock::now() - outcome->answer.content->received_at);
    co_return result<void>{};
}

awaitable<void> answer_record(upstreams upstreams, const record_call& call, const request& request,
                              response& response) {
    auto [agent, refusal] = address(upstreams, request, call.kind);
    adapters::call_arguments arguments;
    if (!refusal) {
        parameters parameters{request.query};
        call.read(parameters, arguments);
        arguments.native_id = agent.native_id;
        refusal = parameters.faults();
    }
    if (refusal) {
        write_problem(response, *refusal, request.id);
        co_return;
    }

    const adapters::provider& provider = agent.upstream->provider();
    result<void> outcome{};
    if (provider.offers(call.kind)) {
        outcome = co_await write_from_call(agent, call, arguments, request, response);
    } else {
        outcome = co_await write_status_from_agent(agent, request, response);
    }
    if (outcome.has_value()) co_return;
    const problem problem = problem_of(outcome.error(), provider.name());
    write_problem(response, problem, request.id);
}

}  // namespace

awaitable<void> agent_records_resource::status(const request& request, response& response) {
    return answer_record(upstreams_, status_call, request, response);
}

awaitable<void> agent_records_resource::insights(const request& request, response& response) {
    return answer_record(upstreams_, insights_call, request, response);
}

awaitable<void> agent_records_resource::analytics(const request& request, response& response) {
    return answer_record(upstreams_, analytics_call, request, response);
}

awaitable<void> agent_records_resource::conversation_analytics(const request& request, response& response) {
    return answer_record(upstreams_, conversation_analytics_call, request, response);
}

awaitable<void> agent_records_resource::sales_analytics(const request& request, response& response) {
    return answer_record(upstreams_, sales_analytics_call, request, response);
}

}  // namespace rollcall::gateway
