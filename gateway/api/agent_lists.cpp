// GET /agents/{id}/conversations and /sales: one walk over one provider's list, cut to the client's page.
#include "gateway/api/agent_lists.hpp"

#include "base/json_text.hpp"
#include "gateway/access/client.hpp"
#include "gateway/api/addressed_agent.hpp"
#include "gateway/api/agents_query.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/cursor_problem.hpp"
#include "gateway/api/dates.hpp"
#include "gateway/api/page.hpp"
#include "gateway/roster/walk.hpp"

#include <fmt/format.h>

namespace rollcall::gateway {
namespace {

using adapters::operation_kind;

/// What a client asks for.
struct list_query {
    std::uint32_t limit = usual_page;
    adapters::listing listing{};
    bookmark from{};
    std::string canonical{};  ///< equal for equal lists; what a cursor is bound to
};

/// The id comes last, because it alone may hold spaces.
std::string canonical(const client* asking, const std::string& provider, const adapters::listing& listing) {
    const adapters::call_arguments& arguments = listing.arguments;
    return bound_to(asking) + fmt::format("{} {} {} {}:{}", name_of(listing.operation),
                                          arguments.start_date.value_or("-"), arguments.end_date.value_or("-"),
                                          provider, arguments.native_id);
}

/// Reads the query for a list of `agent`. The second is the problem to answer with, if there is one.
std::pair<list_query, std::optional<problem>> read_query(const request& request, operation_kind kind,
                                                         addressed_agent agent, cursor_codec& cursors,
                                                         system_clock::time_point now) {
    parameters parameters{request.query};
    list_query query;
    query.limit = parameters.number("limit", 1, largest_page, usual_page);
    date_range range = read_dates(parameters, false);
    const adapters::provider& asked = agent.upstream->provider();
    for (const std::string_view name : {adapters::start_date_name, adapters::end_date_name}) {
        if (parameters.text(name) && !asked.takes(kind, name))
            parameters.fault(name, asked.name() + " cannot be asked by date");
    }
    const auto cursor = parameters.text("cursor");
    if (auto faults = parameters.faults()) return {std::move(query), std::move(faults)};

    query.listing.operation = kind;
    query.listing.arguments = {std::move(agent.native_id), std::move(range.start), std::move(range.end), std::nullopt};
    const std::string& provider = asked.name();
    query.canonical = canonical(request.client, provider, query.listing);
    if (!cursor) return {std::move(query), std::nullopt};
    auto unpacked = cursors.unpack(*cursor, query.canonical, now);
    if (const auto* error = std::get_if<cursor_error>(&unpacked)) return {std::move(query), cursor_problem(*error)};
    query.from = std::move(std::get<bookmarks>(unpacked)[provider]);
    return {std::move(query), std::nullopt};
}

/// Loads pages until there are `limit` items, or one fails.
awaitable<void> fill(walk& walk, std::uint32_t limit, adapters::upstream& upstream, const request& request) {
    const deadline until = deadline_of_calls(request);
    while (walk.available() < limit && walk.can_load()) {
        adapters::request page_request = walk.next_request();
        page_request.fresh = wants_fresh(request);
        page_request.traceparent = request.traceparent;
        result<adapters::answer> outcome = co_await upstream.call(page_request, until);
        if (outcome.has_value()) {
            walk.loaded(*std::move(outcome), page_request, steady_clock::now());
        } else {
            walk.failed(std::move(outcome).error());
        }
    }
}

void append_items(std::string& out, std::span<const walk::candidate> items, operation_kind kind) {
    const normalizers::record& record =
        kind == operation_kind::sales ? normalizers::sale_record : normalizers::conversation_record;
    append_json_key(out, "data");
    out += '[';
    for (const walk::candidate& candidate : items) {
        out += out.back() == '[' ? "{" : ",{";
        out += candidate.content->page.members(*candidate.item, 0, record.fields.size());
        out += '}';
    }
    out += ']';
}

awaitable<void> answer_list(upstreams upstreams, cursor_codec& cursors, operation_kind kind, const request& request,
                            response& response) {
    const auto now = system_clock::now();
    auto [agent, refusal] = address(upstreams, request, kind);
    list_query query;
    if (!refusal) std::tie(query, refusal) = read_query(request, kind, agent, cursors, now);
    if (refusal) {
        write_problem(response, *refusal, request.id);
        co_return;
    }

    const adapters::provider& provider = agent.upstream->provider();
    walk walk{provider, query.listing, std::move(query.from), query.limit};
    co_await fill(walk, query.limit, *agent.upstream, request);
    const auto items = walk.take(query.limit);
    if (items.empty() && walk.failed_with()) {
        const problem problem = problem_of(*walk.failed_with(), provider.name());
        write_problem(response, problem, request.id);
        co_return;
    }

    // What has come before a failure is given: its cursor goes on right behind it.
    bookmark behind = walk.bookmark_behind();
    std::string next_cursor;
    if (!behind.ended) {
        bookmarks bookmarks;
        bookmarks.emplace(provider.name(), std::move(behind));
        next_cursor = cursors.pack(bookmarks, query.canonical, now);
    }
    std::string& out = response.body;
    out += '{';
    append_items(out, items, kind);
    append_page(out, query.limit, items.size(), next_cursor);
    out += '}';
    add_age(response, walk.age());
}

}  // namespace

awaitable<void> agent_lists_resource::conversations(const request& request, response& response) {
    return answer_list(upstreams_, cursors_, operation_kind::conversations, request, response);
}

awaitable<void> agent_lists_resource::sales(const request& request, response& response) {
    return answer_list(upstreams_, cursors_, operation_kind::sales, request, response);
}

}  // namespace rollcall::gateway
