// GET /agents: reading the query, gathering the page, writing the answer once into one buffer.
#include "gateway/api/agents.hpp"

#include "base/json_text.hpp"
#include "gateway/access/client.hpp"
#include "gateway/api/agents_query.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/page.hpp"
#include "gateway/api/provider_report.hpp"

#include <algorithm>
#include <ranges>

namespace rollcall::gateway {
namespace {

/// What an answer that is there already is waited for with: little, next to the state of one that is made.
awaitable<void> answered() {
    co_return;
}

void append_agents(std::string& out, const roster_page& page, const projection& projection) {
    append_json_key(out, "data");
    out += '[';
    bool first = true;
    for (const provider_part& part : page.parts) {
        for (const auto& candidate : part.items) {
            if (!first) out += ',';
            first = false;
            projection.append(out, candidate.content->page, *candidate.item);
        }
    }
    out += ']';
}

/// Ends the body, which holds the agents already, with what there is to say of the providers, and adds the headers.
/// `older_by` is how long ago the reports were made.
void finish(response& response, const auto& reports, bool partial, steady_clock::duration older_by = {}) {
    std::string& out = response.body;
    append_json_raw_member(out, "partial", partial ? "true" : "false");
    append_json_key(out, "providers");
    out += '[';
    steady_clock::duration oldest{};
    for (const provider_report& report : reports) {
        if (out.back() != '[') out += ',';
        append_report(out, report, older_by);
        if (report.asked) oldest = std::max(oldest, report.asked->age + older_by);
    }
    out += "]}";
    response.add_header("X-Rollcall-Complete", partial ? "false" : "true");
    add_age(response, oldest);
}

}  // namespace

bool agents_resource::give_again(const request& request, response& response) {
    if (wants_fresh(request)) return false;
    const auto now = steady_clock::now();
    const recent_answers::answer* const recent = recent_.find(request, roster_.writes(), now);
    if (recent == nullptr) return false;
    response.body = recent->text;
    finish(response, recent->reports, false, now - recent->made_at);
    return true;
}

/// A walk goes on with a cursor of its own, so that its pages are asked for once, but for the first.
void agents_resource::keep(const request& request, const roster_query& query, const roster_page& page,
                           std::string_view text, std::uint64_t writes) {
    if (query.fresh || !query.bookmarks.empty() || !recent_.wants(request, text.size())) return;
    const auto now = steady_clock::now();
    auto sources = roster_.sources_of(page, writes, now);
    if (!sources) return;
    const auto reports = page.parts | std::views::transform(report_of);
    recent_.keep(request, {std::string{text}, {reports.begin(), reports.end()}, *std::move(sources), now});
}

awaitable<void> agents_resource::list(const request& request, response& response) {
    return give_again(request, response) ? answered() : answer(request, response);
}

awaitable<void> agents_resource::answer(const request& request, response& response) {
    const auto now = system_clock::now();
    const std::span<const std::string> names = request.client == nullptr ? provider_names_ : request.client->providers;
    const auto [query, fault] = read_agents_query(request, names, cursors_, now);
    if (fault) {
        write_problem(response, *fault, request.id);
        co_return;
    }

    const std::uint64_t writes = roster_.writes();
    const roster_page page = co_await roster_.gather(query.roster, deadline_of_calls(request));
    if (page.partial()) on_partial_();
    if (page.lost() || (query.deny_partial && page.partial())) {
        const problem problem = failed_providers(page);
        write_problem(response, problem, request.id);
        co_return;
    }

    std::string& out = response.body;
    out += '{';
    append_agents(out, page, query.projection);
    append_page(out, query.roster.limit, page.count,
                page.has_more() ? cursors_.pack(page.bookmarks(), query.canonical_filters, now) : std::string{});
    keep(request, query.roster, page, out, writes);
    finish(response, page.parts | std::views::transform(report_of), page.partial());
}

}  // namespace rollcall::gateway
