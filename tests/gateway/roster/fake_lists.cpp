// Providers in memory: their profiles, their data, and how each pages.
#include "tests/gateway/roster/fake_lists.hpp"

#include "base/json_text.hpp"
#include "normalizers/read.hpp"
#include "tests/adapters/profile/texts.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>
#include <random>

namespace rollcall::gateway::tests {
namespace {

constexpr std::string_view size_and = "size: {name: limit, maximum: 100}, position: ";

std::string paged(std::string_view style, std::string_view rest) {
    return "{style: " + std::string{style} + ", " + std::string{size_and} + std::string{rest} + "}";
}

/// The parameters of a request's query.
class query_of {
  public:
    explicit query_of(const adapters::request& request) {
        const auto parsed = boost::urls::parse_origin_form(request.target);
        REQUIRE(parsed);
        for (const auto& parameter : parsed->params())
            values_[parameter.key] = parameter.value;
    }
    [[nodiscard]] std::string text(const std::string& name) const {
        const auto found = values_.find(name);
        return found == values_.end() ? std::string{} : found->second;
    }
    [[nodiscard]] std::size_t number(const std::string& name, std::size_t fallback) const {
        const std::string said = text(name);
        return said.empty() ? fallback : std::stoul(said);
    }

  private:
    std::map<std::string, std::string> values_;
};

bool passes(const fake_agent& agent, const query_of& query) {
    const std::string type = query.text("kind");
    const std::string tag = query.text("tag");
    return (type.empty() || agent.type == type) &&
           (tag.empty() || std::ranges::find(agent.tags, tag) != agent.tags.end());
}

/// Where the page that is asked for begins.
std::size_t start_of(const query_of& query, const list_kind& kind, const std::vector<fake_agent>& agents,
                     std::size_t size) {
    if (const std::string token = query.text("cursor"); !token.empty()) return std::stoul(token.substr(1));
    if (const std::string id = query.text("after"); !id.empty()) {
        return static_cast<std::size_t>(std::ranges::find(agents, id, &fake_agent::id) - agents.begin()) + 1;
    }
    if (const std::string page = query.text("page"); !page.empty()) return (std::stoul(page) - kind.first_page) * size;
    return query.number("offset", query.number("start", 0));
}

void append_agent(std::string& out, const fake_agent& agent, std::string_view name) {
    out += '{';
    if (!agent.id.empty()) append_json_member(out, "id", agent.id);
    append_json_member(out, "name", name);
    append_json_member(out, "type", agent.type);
    append_json_member(out, "status", agent.status);
    append_json_key(out, "tags");
    out += '[';
    for (const std::string& tag : agent.tags) {
        if (out.back() != '[') out += ',';
        append_json_string(out, tag);
    }
    out += "]}";
}

}  // namespace

const std::vector<list_kind>& all_kinds() {
    static const std::string pushed = "{type: {name: kind, values: {voice: voice, chat: chat}}, tags: {name: tag}}";
    static const std::vector<list_kind> kinds = {
        {.name = "token", .paging = paged("cursor", "{name: cursor}, next: /next")},
        {.name = "token-and-flag", .paging = paged("cursor", "{name: cursor}, next: /next, has_more: /more")},
        {.name = "offset-by-flag", .paging = paged("offset", "{name: offset}, has_more: /more"), .filters = pushed},
        {.name = "offset-by-total", .paging = paged("offset", "{name: offset}, total: /total")},
        {.name = "page", .paging = paged("page", "{name: page}")},
        {.name = "page-from-zero",
         .paging = paged("page", "{name: page}, first_page: 0, has_more: /more"),
         .first_page = 0},
        {.name = "page-of-pages", .paging = paged("page", "{name: page}, total_pages: /pages")},
        {.name = "page-by-total", .paging = paged("page", "{name: page}, total: /total"), .filters = pushed},
        {.name = "page-of-fixed-size",
         .paging = "{style: page, size: {maximum: 6}, position: {name: page}}",
         .fixed_size = 6},
        {.name = "link", .paging = "{style: link, size: {name: limit, maximum: 100}}"},
        {.name = "last-id", .paging = paged("last_id", "{name: after}, has_more: /more"), .may_drop = false},
        {.name = "last-id-of-fixed-size",
         .paging = "{style: last_id, size: {maximum: 4}, position: {name: after}}",
         .fixed_size = 4,
         .may_drop = false},
        {.name = "unpaged", .paging = "{style: none}", .changes_between = true},
    };
    return kinds;
}

std::unique_ptr<adapters::provider> fake_list::configured(unsigned page_size) const {
    static const std::string agent =
        "{id: /id, name: /name, "
        "type: {from: /type, values: {human: human, voice: voice, chat: chat, avatar: avatar}}, "
        "status: {from: /status, values: {active: active, draft: draft}}, tags: /tags}";
    static const std::string operations =
        "{list: {path: /agents, items: /data}, conversations: {path: \"/agents/{id}/talks\", items: /data}}";
    const auto [profile, faults] = adapters::load_text(adapters::profile_text({{"operations", operations},
                                                                               {"paging", kind_.paging},
                                                                               {"filters", kind_.filters},
                                                                               {"agent", agent},
                                                                               {"conversation", "{id: /id}"}}));
    REQUIRE(faults == "");
    config::provider settings;
    settings.name = kind_.name;
    settings.base_url = "https://" + kind_.name + ".example";
    if (!profile.paging.size_name.empty()) settings.page_size = page_size;
    return std::make_unique<adapters::provider>(settings, profile);
}

adapters::answer fake_list::answer(const adapters::provider& provider, const adapters::request& request) {
    ++calls;
    // A list that changes is read in a few states in turn.
    const std::string state = kind_.changes_between ? std::to_string(calls % 5) : std::string{};
    auto& kept = answers_[request.key() + state];
    if (!kept) kept = read(provider, request);
    return {kept};
}

std::shared_ptr<adapters::content> fake_list::read(const adapters::provider& provider,
                                                   const adapters::request& request) {
    const query_of query{request};
    std::vector<fake_agent> list = agents_;
    std::erase_if(list, [&](const fake_agent& agent) { return !passes(agent, query); });
    if (kind_.changes_between) std::shuffle(list.begin(), list.end(), std::minstd_rand{calls});

    const bool unpaged = kind_.paging == "{style: none}";
    const std::size_t size = unpaged ? list.size() + 1 : query.number("limit", kind_.fixed_size);
    const std::size_t start = std::min(unpaged ? 0 : start_of(query, kind_, list, size), list.size());
    const std::size_t end = std::min(start + size, list.size());
    const bool more = end < list.size();

    std::string json = "{\"data\":[";
    for (std::size_t i = start; i < end; ++i) {
        if (i > start) json += ',';
        append_agent(json, list[i], "name in call " + std::to_string(calls));
    }
    json += ']';
    append_json_raw_member(json, "next", more ? "\"t" + std::to_string(end) + '"' : "null");
    append_json_raw_member(json, "more", more ? "true" : "false");
    append_json_raw_member(json, "total", std::to_string(list.size()));
    append_json_raw_member(json, "pages", std::to_string((list.size() + size - 1) / size));
    json += '}';
    auto content = content_read(provider, std::move(json), request.operation, request.subject);
    if (more) {
        const std::string path = request.target.substr(0, request.target.find('?'));
        content->link =
            '<' + path + "?start=" + std::to_string(end) + "&limit=" + std::to_string(size) + ">; rel=\"next\"";
    }
    return content;
}

std::vector<std::string> fake_list::expected(const adapters::filters& filters) const {
    const auto admitted = [&](const fake_agent& agent) {
        const auto type = normalizers::choice_of(normalizers::agent_types, agent.type);
        const auto status = normalizers::choice_of(normalizers::agent_statuses, agent.status);
        return !agent.id.empty() && (filters.types == 0 || (type && (filters.types & normalizers::only(*type)) != 0)) &&
               (filters.statuses == 0 || (status && (filters.statuses & normalizers::only(*status)) != 0)) &&
               std::ranges::all_of(filters.tags, [&](const std::string& tag) {
                   return std::ranges::find(agent.tags, tag) != agent.tags.end();
               });
    };
    std::vector<std::string> ids;
    for (const fake_agent& agent : agents_) {
        if (admitted(agent)) ids.push_back(agent.id);
    }
    if (kind_.changes_between) std::ranges::sort(ids);
    return ids;
}

std::vector<fake_agent> some_agents(const list_kind& kind, unsigned count) {
    static constexpr std::string_view types[] = {"voice", "chat", "human", "avatar", "parrot"};
    static constexpr std::string_view statuses[] = {"active", "draft", "odd"};
    std::vector<fake_agent> agents;
    for (unsigned i = 0; i < count; ++i) {
        fake_agent agent{
            std::to_string((i * 7919 + 13) % 100'003), std::string{types[i % 5]}, std::string{statuses[i % 3]}, {}};
        if (i % 2 == 0) agent.tags.push_back("even");
        if (i % 3 == 0) agent.tags.push_back("third");
        if (kind.may_drop && i % 11 == 5) agent.id.clear();
        agents.push_back(std::move(agent));
    }
    return agents;
}

fake_list list_named(const std::string& name, unsigned count) {
    const auto kind = std::ranges::find(all_kinds(), name, &list_kind::name);
    REQUIRE(kind != all_kinds().end());
    return {*kind, some_agents(*kind, count)};
}

std::shared_ptr<adapters::content> content_read(const adapters::provider& provider, std::string json,
                                                adapters::operation_kind operation, const std::string& subject) {
    normalizers::reader reader;
    const auto& plan = std::get<normalizers::list_plan>(provider.reading_of(operation));
    auto page = reader.read_list(plan, std::move(json), subject);
    REQUIRE(page.has_value());
    if (provider.profile().paging.style == adapters::paging_style::none) page->order_by_native_id();
    auto content = std::make_shared<adapters::content>();
    content->page = *std::move(page);
    content->received_at = steady_clock::now();
    return content;
}

}  // namespace rollcall::gateway::tests
