// The Link header (RFC 8288) as far as paging needs it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::adapters {

/// The target of the first link with the relation `next`; empty: there is none. A link whose target does not end is
/// handed back with its `<`, which no address holds, so that it is refused and not taken for the end of the list.
[[nodiscard]] std::optional<std::string_view> next_link(std::string_view header);

/// The path and query that `reference` comes to, resolved against `origin` + `target` (RFC 3986, section 5); empty
/// where it is malformed or leads to another origin, to which no credential may go.
[[nodiscard]] std::optional<std::string> same_origin_target(std::string_view origin, std::string_view target,
                                                            std::string_view reference);

}  // namespace rollcall::adapters
