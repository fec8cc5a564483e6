// HyperRep's dialect: sales representatives of one organization, cursor paging, 403 for a bad key.
// After hyperrep-agents.source.txt.
#include "tests/simulator/dialect.hpp"
#include "tests/simulator/hyperrep_records.hpp"
#include "tests/simulator/pages.hpp"
#include "tests/simulator/spelling.hpp"

#include <unordered_map>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;
using hyperrep::event;

constexpr whole_number limits{100, 1, 500};

answer detail(unsigned status, std::string_view message) {
    return {status, write_json(json::object{{"detail", message}})};
}

// start_date and end_date of a request.
struct date_range {
    std::optional<instant> start;
    std::optional<instant> end;

    bool holds(instant when) const { return (!start || when >= *start) && (!end || when <= *end); }
};

// Reads one date; false where it is there and no date.
bool read_date(const request& request, std::string_view name, std::optional<instant>& date) {
    const auto text = request.parameter(name);
    if (!text) return true;
    date = read_instant(*text);
    return date.has_value();
}

class hyperrep_dialect final : public dialect {
  public:
    explicit hyperrep_dialect(const dialect_settings& settings)
        : key_(settings.key),
          seed_(settings.seed),
          tokens_(settings.seed),
          agents_(hyperrep::make_agents(settings.agents, settings.seed)) {
        for (std::size_t i = 0; i < agents_.size(); ++i)
            index_.emplace(agents_[i].id, i);
    }

    answer handle(const request& request, positions positions) override {
        if (request.header_value("x-api-key") != key_) return bad_key();
        const auto& path = request.segments;
        if (path.size() < 5 || path[0] != "api" || path[1] != "v2" || path[2] != "organizations" ||
            path[4] != "agents") {
            return detail(404, "Not Found");
        }
        if (request.method != "GET") return detail(405, "Method Not Allowed");
        if (path[3] != hyperrep::organization) return detail(404, "Organization not found");
        if (path.size() == 5) return list(request, agents_, "agents", positions);
        const auto found = index_.find(path[5]);
        if (found == index_.end()) return detail(404, "Agent not found");
        return of_agent(request, found->second, positions);
    }

    answer failure(unsigned status, std::string_view message) const override { return detail(status, message); }
    answer bad_key() const override { return detail(403, "Invalid API key"); }
    answer failure_with_200() const override { return detail(200, "Something went wrong"); }
    std::string agents() const override { return whole_array(agents_); }

  private:
    answer of_agent(const request& request, std::size_t index, positions positions) {
        const auto& path = request.segments;
        if (path.size() == 6) return {200, agents_[index].listed};
        const bool alone = path.size() == 7;
        if (alone && path[6] == "conversations") return events(request, conversations_of(index), positions);
        if (alone && path[6] == "sales") return events(request, sales_of(index), positions);
        if (path[6] != "analytics") return detail(404, "Not Found");
        if (alone) return analytics(request, index, true, true);
        if (path.size() == 8 && path[7] == "conversations") return analytics(request, index, true, false);
        if (path.size() == 8 && path[7] == "sales") return analytics(request, index, false, true);
        return detail(404, "Not Found");
    }

    // The list's name, which for sub-resources holds the agent and the dates, is what its cursors are bound to.
    template<typename Entries, typename Keep>
    answer list(const request& request, const Entries& entries, const std::string& scope, positions positions,
                Keep keep) const {
        const auto limit = limits.read(request, "limit");
        if (!limit) return detail(422, "limit must be between 1 and 500");
        const auto cursor = request.parameter("cursor");
        const auto start = cursor ? tokens_.open(scope, *cursor) : std::size_t{0};
        if (!start) return detail(400, "Invalid cursor");
        std::string body = R"({"data":[)";
        const page page = append_page(body, entries, *start, *limit, keep);
        const bool stuck = positions == positions::stuck;
        body += R"(],"pagination":{"limit":)" + std::to_string(*limit) + R"(,"cursor":)";
        body += cursor ? '"' + *cursor + '"' : "null";
        body += R"(,"next_cursor":)";
        body += page.more || stuck ? '"' + tokens_.seal(scope, stuck ? *start : page.end) + '"' : "null";
        body += page.more || stuck ? R"(,"has_more":true}})" : R"(,"has_more":false}})";
        return {200, std::move(body)};
    }

    answer list(const request& request, const std::vector<hyperrep::agent>& entries, const std::string& scope,
                positions positions) const {
        return list(request, entries, scope, positions, [](const auto&) { return true; });
    }

    answer events(const request& request, const std::vector<event>& events, positions positions) const {
        date_range range;
        if (!read_date(request, "start_date", range.start) || !read_date(request, "end_date", range.end)) {
            return detail(422, "start_date and end_date must be ISO 8601 date-times");
        }
        const std::string scope = request.segments[5] + '/' + request.segments[6] + '/' +
                                  request.parameter("start_date").value_or("") + '/' +
                                  request.parameter("end_date").value_or("");
        return list(request, events, scope, positions, [&](const event& event) { return range.holds(event.when); });
    }

    answer analytics(const request& request, std::size_t index, bool with_conversations, bool with_sales) {
        date_range range;
        const bool readable =
            read_date(request, "start_date", range.start) && read_date(request, "end_date", range.end);
        if (!readable || !range.start || !range.end) return detail(422, "start_date and end_date are required");
        const auto within = [&](const std::vector<event>& events) {
            std::vector<const event*> kept;
            for (const event& event : events) {
                if (range.holds(event.when)) kept.push_back(&event);
            }
            return kept;
        };
        json::object body;
        if (with_conversations) {
            body["conversations"] = hyperrep::conversation_analytics(within(conversations_of(index)));
        }
        if (with_sales) body["sales"] = hyperrep::sales_analytics(within(sales_of(index)));
        return {200, write_json(body)};
    }

    // Made when first asked for: most agents of a large data set are only ever listed.
    const std::vector<event>& conversations_of(std::size_t index) {
        const auto [entry, fresh] = conversations_.try_emplace(index);
        if (fresh) entry->second = hyperrep::make_conversations(index, seed_);
        return entry->second;
    }

    const std::vector<event>& sales_of(std::size_t index) {
        const auto [entry, fresh] = sales_.try_emplace(index);
        if (fresh) entry->second = hyperrep::make_sales(agents_[index], index, seed_);
        return entry->second;
    }

    std::string key_;
    std::uint64_t seed_;
    token_maker tokens_;
    std::vector<hyperrep::agent> agents_;
    std::unordered_map<std::string, std::size_t> index_;
    std::unordered_map<std::size_t, std::vector<event>> conversations_;
    std::unordered_map<std::size_t, std::vector<event>> sales_;
};

}  // namespace

std::unique_ptr<dialect> make_hyperrep(const dialect_settings& settings) {
    return std::make_unique<hyperrep_dialect>(settings);
}

}  // namespace rollcall::simulator
