// A provider as data: how it is called and how it is read. Loading one from YAML is load.hpp.
#pragma once

#include "normalizers/field_rule.hpp"

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
};

/// A value that the configuration supplies for `{name}` in paths and queries.
struct parameter {
    std::string description;
    std::optional<std::string> fallback;  ///< `default:`; empty: the configuration must supply it
};

/// Where the parameters of a list call are put.
enum class placement : std::uint8_t { query, body };

/// One call that the provider offers.
struct operation {
    std::string method = "GET";
    std::string path;  ///< after base_url, begins with a slash once filled in; `{id}` and `{parameter}` are filled in,
                       ///< percent-encoded as a segment (`{+parameter}`: as a path, slashes kept)
    std::vector<std::pair<std::string, std::string>> query;  ///< always sent; values may hold `{parameter}`
    std::vector<std::pair<std::string, std::string>>
        body;         ///< members of the JSON body: name and JSON token; with POST only
    json_pointer at;  ///< `items:` or `item:`, where the items (or the one item) stand in the answer
    std::optional<json_pointer> success;  ///< a flag that must be true
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
};

/// A filter that the provider applies exactly, for one value at a time.
struct pushed_filter {
    std::string query;  ///< `name:`, the parameter's name (in the body where paging.in says so)
    std::map<std::string, std::string>
        values;  ///< ours -> theirs; a value that is not here is filtered by us. Empty (tags): any value as it is
};

struct profile {
    std::string name;           ///< `[a-z][a-z0-9-]{0,31}`
    std::string title;          ///< for people
    std::string documentation;  ///< a URL; may be empty
    std::string base_url;       ///< the default; may be empty
    std::optional<authentication> auth;
    std::map<std::string, parameter> params;
    std::vector<json_pointer> error_code;     ///< the first that holds a string or number
    std::vector<json_pointer> error_message;  ///< the first that holds a string
    operation list;
    std::optional<operation> get;  ///< empty: an agent is found by walking the list
    struct paging paging;
    std::optional<pushed_filter> filter_type;
    std::optional<pushed_filter> filter_status;
    std::optional<pushed_filter> filter_tags;
    normalizers::field_rules agent;
};

}  // namespace rollcall::adapters
