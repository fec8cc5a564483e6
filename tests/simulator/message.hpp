// What one HTTP exchange looks like to a simulated provider: plain structs, so that only the server knows Beast.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::simulator {

struct header {
    std::string name;
    std::string value;
};

/// A request as received. `segments` and `query` are decoded copies of what `target` says.
struct request {
    std::string method;
    std::string target;
    std::vector<header> headers;  // names in lower case, in the order received
    std::string body;
    bool secure = false;  // came over TLS
    std::vector<std::string> segments;
    std::vector<std::pair<std::string, std::string>> query;

    /// The first header of that lower-case name; empty where there is none.
    std::string_view header_value(std::string_view name) const;
    /// The first query parameter of that name.
    std::optional<std::string> parameter(std::string_view name) const;
    /// Whether the path has exactly these segments.
    bool path_is(std::initializer_list<std::string_view> expected) const;
};

/// Fills `segments` and `query` from `target`; false where the target is not an origin-form URL.
bool read_target(request& request);

struct answer {
    unsigned status = 200;
    std::string body;
    std::vector<header> headers = {};  // besides Content-Type and Content-Length
    std::string content_type = "application/json";
};

/// The standard phrase of a status, as it stands in a status line.
std::string_view phrase_of(unsigned status);

}  // namespace rollcall::simulator
