// Paths and queries: whatever comes, what is accepted is within its range, and what is refused is told in valid JSON.
// An input is a path, a query and a Cache-Control field, a line each.
#include "base/json_text.hpp"
#include "gateway/api/agents_query.hpp"
#include "gateway/api/dates.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/text.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/strict_json.hpp"

#include <fmt/format.h>

#include <iterator>

namespace {

using namespace rollcall::gateway;
using rollcall::fuzz::check;
using rollcall::fuzz::strict_json;

const std::vector<std::string> provider_names = {"heppu", "reps"};
constexpr std::size_t most_told = parameters::most_faults;

rollcall::awaitable<void> do_nothing(const request&, response&) {
    co_return;
}

router make_router() {
    std::vector<route> routes;
    for (const public_route& row : public_route_table()) {
        if (routes.empty() || routes.back().path != row.path) routes.push_back({std::string{row.path}, {}});
        routes.back().handlers.emplace_back(row.method, do_nothing);
    }
    return router{std::move(routes)};
}

std::string percent_encoded(std::string_view text) {
    std::string encoded;
    for (const char byte : text)
        encoded += fmt::format("%{:02X}", static_cast<unsigned char>(byte));
    return encoded;
}

void try_path(std::string_view path) {
    static const router router = make_router();
    for (const auto method : {method::get, method::head, method::patch, method::delete_, method::other}) {
        const match found = router.find(method, path);
        if (found.found == nullptr) {
            check(found.handler == nullptr && found.record.empty(), "without a route there is neither handler nor id");
            continue;
        }
        const std::string allowed = ", " + router::allow(*found.found) + ",";
        const bool is_allowed = allowed.find(fmt::format(", {},", name_of(method))) != std::string::npos;
        check((found.handler != nullptr) == is_allowed, "what has a handler is allowed");
        const auto placeholder = found.found->path.find("{id}");
        check((placeholder == std::string::npos) == found.record.empty() || found.malformed, "a record has an id");
        if (placeholder == std::string::npos || found.malformed) continue;
        // Whatever the id is, its encoded form leads back to it.
        std::string again = found.found->path;
        again.replace(placeholder, 4, percent_encoded(found.record));
        const match back = router.find(method, again);
        check(back.found == found.found && back.record == found.record, "an id that is encoded leads to the same");
    }
}

void check_problem(const problem& problem) {
    check(problem.errors.size() <= most_told, "the faults that are told are few");
    check(kind_of(problem.code).status / 100 == 4, "a bad query is the client's fault");
    response response;
    write_problem(response, problem, "id");
    check(strict_json(response.body).has_value(), "a problem is valid JSON");
    check(response.status == kind_of(problem.code).status, "a problem has its status");
}

void check_query(const agents_query& query) {
    const roster_query& roster = query.roster;
    const auto& filters = roster.listing.filters;
    check(roster.limit >= 1 && roster.limit <= largest_page, "a limit is within its range");
    check(filters.statuses >> std::size(rollcall::normalizers::agent_statuses) == 0, "a status is one that there is");
    check(filters.types >> std::size(rollcall::normalizers::agent_types) == 0, "a type is one that there is");
    check(std::ranges::is_sorted(filters.tags), "tags are sorted");
    check(std::ranges::adjacent_find(filters.tags) == filters.tags.end(), "a tag is there once");
    check(std::ranges::find(filters.tags, "") == filters.tags.end(), "a tag says something");
    check(std::ranges::is_sorted(roster.providers), "providers are sorted");
    for (const std::string& name : roster.providers)
        check(std::ranges::find(provider_names, name) != provider_names.end(), "a provider is one that there is");
    check(roster.bookmarks.empty(), "nobody has a cursor of this gateway");
}

void try_query(std::string_view query, std::string_view cache_control) {
    static cursor_codec codec{rollcall::secret{"a key that nobody knows"}, std::chrono::hours{1}};
    const header_field fields[] = {{"Cache-Control", cache_control}};
    request request;
    request.query = query;
    request.headers = fields;
    const auto [read, wrong] = read_agents_query(request, provider_names, codec, {});
    if (wrong) {
        check_problem(*wrong);
    } else {
        check_query(read);
    }
}

void check_instant(const std::optional<std::string>& instant) {
    if (!instant) return;
    constexpr std::string_view shape = "0000-00-00T00:00:00";
    check(instant->size() > shape.size() && instant->ends_with('Z'), "an instant is in UTC");
    for (std::size_t at = 0; at < shape.size(); ++at) {
        const char byte = (*instant)[at];
        check(shape[at] == '0' ? is_digit(byte) : byte == shape[at], "an instant has its one form");
    }
}

void try_dates(std::string_view query) {
    parameters parameters{query};
    const date_range range = read_dates(parameters, true);
    const std::string days = read_days(parameters);
    if (const auto wrong = parameters.faults()) {
        check_problem(*wrong);
        return;
    }
    check(range.start && range.end, "what is required is there");
    check_instant(range.start);
    check_instant(range.end);
    check(days == "7" || days == "30" || days == "90" || days == "all", "a look back is one of four");
}

void try_text(std::string_view text) {
    std::string json;
    rollcall::append_json_string(json, text);
    const auto read = strict_json(json);
    check(read.has_value() && read->is_string(), "any text can be told in JSON");
    if (rollcall::fuzz::is_utf8(text)) check(read->as_string() == text, "a sound text is told as it is");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const std::string_view path = input.line();
    const std::string_view query = input.line();
    try_path(path);
    try_query(query, input.rest());
    try_dates(query);
    try_text(query);
    return 0;
}
