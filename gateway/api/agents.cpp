// GET /agents: reading the query, gathering the page, writing the answer once into one buffer.
#include "gateway/api/agents.hpp"

#include "base/json_text.hpp"
#include "gateway/access/client.hpp"
#include "gateway/api/agents_query.hpp"
#include "gateway/api/calls_deadline.hpp"
#include "gateway/api/page.hpp"
#include "gateway/api/provider_report.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

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

std::vector<provider_report> reports_of(const roster_page& page) {
    std::vector<provider_report> reports;
    reports.reserve(page.parts.size());
    for (const provider_part& part : page.parts)
        reports.push_back(report_of(part));
    return reports;
}

/// Ends the body, which holds the agents already, with what there is to say of the providers, and adds the headers.
void finish(response& response, const std::vector<provider_report>& reports, bool partial,
            steady_clock::time_point now) {
    std::string& out = response.body;
    append_json_raw_member(out, "partial", partial ? "true" : "false");
    append_json_key(out, "providers");
    out += '[';
    auto oldest = now;
    for (const provider_report& report : reports) {
        if (out.back() != '[') out += ',';
        append_report(out, report, now);
        if (report.asked) oldest = std::min(oldest, report.asked->oldest.value_or(now));
    }
    out += "]}";
    response.add_header("X-Rollcall-Complete", partial ? "false" : "true");
    add_age(response, oldest, now);
}

}  // namespace

bool agents_resource::give_again(const request& request, response& response) {
    if (wants_fresh(request)) return false;
    const auto now = steady_clock::now();
    const recent_answers::answer* const recent = recent_.find(request, roster_.writes(), now);
    if (recent == nullptr) return false;
    response.body = recent->text;
    finish(response, recent->reports, false, now);
    return true;
}

awaitable<void> agents_resource::list(const request& request, response& response) {
    if (give_again(request, response)) co_return;
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
        const problem problem = failed_providers(page, steady_clock::now());
        write_problem(response, problem, request.id);
        co_return;
    }

    std::string& out = response.body;
    out += '{';
    append_agents(out, page, query.projection);
    append_page(out, query.roster.limit, page.count,
                page.has_more() ? cursors_.pack(page.bookmarks(), query.canonical_filters, now) : std::string{});
    const auto reports = reports_of(page);
    const auto finished = steady_clock::now();
    if (!query.roster.fresh && recent_.wants(request, writes, finished)) {
        if (auto sources = roster_.sources_of(page, writes))
            recent_.keep(request, {out, reports, *std::move(sources)}, finished);
    }
    finish(response, reports, page.partial(), finished);
}

}  // namespace rollcall::gateway
