// A provider as data: how it is called and how it is read. Loading one from YAML is load.hpp.
#pragma once

#include "adapters/operation.hpp"
#include "normalizers/field_rule.hpp"
#include "normalizers/plan.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace rollcall::adapters {

using normalizers::json_pointer;

/// How the credential is sent.
struct authentication {
    enum class scheme : std::uint8_t {
        plain,   ///< the credential is the header's value
        bearer,  ///< `Bearer <credential>` (RFC 6750)
        basic,   ///< the credential is `user:password`, sent as `Basic <base64>` (RFC 7617)
    };
    std::string header;
    authentication::scheme scheme = scheme::plain;

    bool operator==(const authentication&) const = default;
};

/// A value that the configuration supplies for `{name}` in paths and queries.
struct parameter {
    std::string description;
    std::optional<std::string> fallback;  ///< `default:`; empty: the configuration must supply it

    bool operator==(const parameter&) const = default;
};

/// Where the parameters of a list call are put.
enum class placement : std::uint8_t { query, body };

/// What a client's call says besides the agent, by the name that a profile's query has for it.
inline constexpr std::string_view start_date_name = "start_date";  ///< RFC 3339 UTC
inline constexpr std::string_view end_date_name = "end_date";      ///< RFC 3339 UTC, inclusive
inline constexpr std::string_view days_name = "days";              ///< 7, 30, 90 or all

/// One call that the provider offers.
struct operation {
    std::string method = "GET";  ///< by default POST of create, PATCH of update, DELETE of delete
    std::string path;  ///< after base_url, begins with a slash once filled in; `{id}` and `{parameter}` are filled in,
                       ///< percent-encoded as a segment (`{+parameter}`: as a path, slashes kept)
    /// Values may hold `{parameter}`, and those of the operations that take them `{start_date}`, `{end_date}` and
    /// `{days}`. A value of which the client gave no part is not sent.
    std::vector<std::pair<std::string, std::string>> query;
    std::vector<std::pair<std::string, std::string>>
        body;         ///< members of the JSON body: name and JSON token; of list and get with POST only
    json_pointer at;  ///< `items:` or `item:`, where the items (or the one item) stand in the answer; not of delete
    std::optional<json_pointer> success;  ///< a flag that must be true

    bool operator==(const operation&) const = default;
};

/// The fields that clients may write, and what each must be.
struct writable_field {
    enum class type : std::uint8_t { text, text_list, number, whole_number };
    std::string_view name;
    writable_field::type type = type::text;
};
inline constexpr writable_field writable_fields[] = {
    {"name"},
    {"instructions"},
    {"model"},
    {"description"},
    {"tags", writable_field::type::text_list},
    {"temperature", writable_field::type::number},
    {"max_tokens", writable_field::type::whole_number},
};

/// Where a writable field goes in the body of create and update.
struct write_rule {
    json_pointer to;                ///< at least one part; its objects are made
    bool required = false;          ///< by create
    std::optional<double> minimum;  ///< of numbers; inclusive
    std::optional<double> maximum;

    bool operator==(const write_rule&) const = default;
};

enum class paging_style : std::uint8_t { none, cursor, offset, page, link, last_id };

/// How the pages of a list follow each other. Which members count for which style is said at each. The loader makes
/// sure that there are: a position for all but link and none; a size_name or at least a size_maximum for offset, page
/// and last_id; `next` for cursor; `has_more` or `total` for offset. In a page of the style page or last_id without a
/// flag, a short page is the end.
struct paging {
    paging_style style = paging_style::none;
    placement in = placement::query;
    std::string size_name;                    ///< the page size's parameter; empty: it cannot be chosen
    unsigned size_maximum = 100;              ///< the largest page that the provider gives
    std::string position_name;                ///< cursor, offset, page, last_id: the position's parameter
    std::optional<json_pointer> next;         ///< cursor: the next page's token (null, missing or empty: the end)
    std::optional<json_pointer> has_more;     ///< all but link and none: false is the end
    std::optional<json_pointer> total;        ///< offset, page: the number of all items
    std::optional<json_pointer> total_pages;  ///< page: the number of all pages
    unsigned first_page = 1;                  ///< page: the number of the first

    bool operator==(const paging&) const = default;
};

/// A filter that the provider applies exactly, for one value at a time.
struct pushed_filter {
    std::string query;  ///< `name:`, the parameter's name (in the body where paging.in says so)
    std::map<std::string, std::string>
        values;  ///< ours -> theirs; a value that is not here is filtered by us. Empty (tags): any value as it is

    bool operator==(const pushed_filter&) const = default;
};

/// How many calls the provider takes.
struct quota {
    unsigned calls = 60;  ///< at least 1
    std::chrono::seconds per{60};

    bool operator==(const quota&) const = default;
};

struct profile {
    std::string name;           ///< `[a-z][a-z0-9-]{0,31}`
    std::string title;          ///< for people
    std::string documentation;  ///< a URL; may be empty
    std::string base_url;       ///< the default; may be empty
    std::optional<authentication> auth;
    std::string deadline_header;  ///< says of each call how many milliseconds it has left; empty: not told
    std::map<std::string, parameter> params;
    normalizers::error_pointers errors;
    /// By operation_kind; the list is always there. Without get an agent is found by walking the list.
    std::array<std::optional<operation>, operation_count> operations;
    struct paging paging;  ///< of every list
    std::optional<struct quota>
        quota;  ///< `quota: {calls: 60, per: 1m}`, where it is known; the configuration may say otherwise
    std::optional<pushed_filter> filter_type;
    std::optional<pushed_filter> filter_status;
    std::optional<pushed_filter> filter_tags;
    normalizers::field_rules agent;
    normalizers::field_rules status;  ///< these four are empty where no operation reads them
    normalizers::field_rules conversation;
    normalizers::field_rules sale;
    normalizers::field_rules analytics;
    std::map<std::string, write_rule, std::less<>>
        write;  ///< by the names of writable_fields; empty: nothing is written

    /// The operation, where the provider has it.
    [[nodiscard]] const std::optional<operation>& of(operation_kind kind) const {
        return operations[static_cast<std::size_t>(kind)];
    }

    bool operator==(const profile&) const = default;
};

}  // namespace rollcall::adapters
