// What every answer that is a page, or was kept for a while, says of itself.
#include "gateway/api/page.hpp"

#include "base/json_text.hpp"

#include <fmt/format.h>

namespace rollcall::gateway {

void append_page(std::string& out, std::uint32_t limit, std::size_t count, std::string_view next_cursor) {
    append_json_key(out, "page");
    out += '{';
    append_json_raw_member(out, "limit", fmt::to_string(limit));
    append_json_raw_member(out, "count", fmt::to_string(count));
    append_json_raw_member(out, "has_more", next_cursor.empty() ? "false" : "true");
    if (next_cursor.empty()) {
        append_json_raw_member(out, "next_cursor", "null");
    } else {
        append_json_member(out, "next_cursor", next_cursor);
    }
    out += '}';
}

void add_age(response& response, steady_clock::duration age) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(age);
    response.add_header("Age", fmt::to_string(seconds.count()));
}

}  // namespace rollcall::gateway
