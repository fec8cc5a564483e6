// Where a list goes on after one of its pages: one rule for each paging style. Pure; no I/O.
#pragma once

#include "adapters/paging/trail.hpp"
#include "adapters/profile/profile.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::adapters {

/// A place in a provider's list, in the form its style has: a token, an offset, a page number, a path with query, an
/// id. Empty: the beginning.
using position = std::string;

/// A position has to fit into the client's cursor with those of other providers.
inline constexpr std::size_t longest_position = 600;

/// What one page says of the next.
struct page_facts {
    std::uint32_t received = 0;  ///< items that the provider sent, before any were dropped or filtered
    std::uint32_t asked = 0;     ///< items that it was asked for
    std::optional<bool> has_more{};
    std::optional<std::uint64_t> total{};
    std::optional<std::uint64_t> total_pages{};
    std::string_view next{};     ///< its page token; empty: none
    std::string_view link{};     ///< its Link header
    std::string_view last_id{};  ///< the native id of its last item
};

struct advance_result {
    enum class step : std::uint8_t { next, end, fault };
    step is = step::end;
    adapters::position position{};  ///< of the next page
    std::string why{};              ///< of a fault, for people
    adapters::trail trail{};        ///< up to the next page
};

/// Where the list goes on behind the page at `from`. `origin` (`https://host[:port]`) and `target` (the path and query
/// that the page was asked for with) resolve links; both may be empty for other styles. A position that `seen` knows is
/// a fault. A position of the style page is `number/size`, because a page's number means nothing without the size of
/// its pages.
[[nodiscard]] advance_result advance(const paging& paging, const position& from, const page_facts& facts,
                                     const trail& seen, std::string_view origin, std::string_view target);

}  // namespace rollcall::adapters
