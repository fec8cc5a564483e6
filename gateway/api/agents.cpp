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

void append_reports(std::string& out, const roster_page& page) {
    append_json_key(out, "providers");
    out += '[';
    for (const provider_part& part : page.parts) {
        if (out.back() != '[') out += ',';
        append_report(out, part);
    }
    out += ']';
}

steady_clock::duration oldest(const roster_page& page) {
    steady_clock::duration age{};
    for (const provider_part& part : page.parts) {
        if (part.walk) age = std::max(age, part.walk->age());
    }
    return age;
}

}  // namespace

awaitable<void> agents_resource::list(const request& request, response& response) {
    const auto now = system_clock::now();
    const std::span<const std::string> names = request.client == nullptr ? provider_names_ : request.client->providers;
    const auto [query, fault] = read_agents_query(request, names, cursors_, now);
    if (fault) {
        write_problem(response, *fault, request.id);
        co_return;
    }

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
    append_json_raw_member(out, "partial", page.partial() ? "true" : "false");
    append_reports(out, page);
    out += '}';
    response.add_header("X-Rollcall-Complete", page.partial() ? "false" : "true");
    add_age(response, oldest(page));
}

}  // namespace rollcall::gateway
