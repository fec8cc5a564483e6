// What the dialects' ways of paging have in common: reading numbers, cutting a page out of the data, opaque tokens.
#pragma once

#include "tests/simulator/message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::simulator {

/// What cutting a page found.
struct page {
    std::size_t count = 0;  // agents in the page
    std::size_t total = 0;  // agents that the filters keep, in all
    std::size_t end = 0;    // position behind the page's last agent
    bool more = false;
};

/// Appends the `listed` texts of up to `limit` entries that `keep` accepts, from `offset` on, parted by commas.
template<typename Entries, typename Keep>
page append_page(std::string& body, const Entries& entries, std::size_t offset, std::size_t limit, Keep keep) {
    page cut;
    for (const auto& entry : entries) {
        if (!keep(entry)) continue;
        if (cut.total >= offset && cut.count < limit) {
            if (cut.count++ != 0) body += ',';
            body += entry.listed;
        }
        ++cut.total;
    }
    cut.end = offset + cut.count;
    cut.more = cut.end < cut.total;
    return cut;
}

template<typename Entries>
page append_page(std::string& body, const Entries& entries, std::size_t offset, std::size_t limit) {
    return append_page(body, entries, offset, limit, [](const auto&) { return true; });
}

/// All entries as a JSON array.
template<typename Entries>
std::string whole_array(const Entries& entries) {
    std::string text = "[";
    append_page(text, entries, 0, entries.size());
    return text + "]";
}

/// A query parameter that is a whole number from `least` to `most`.
struct whole_number {
    std::size_t fallback;
    std::size_t least;
    std::size_t most;

    /// The number, the fallback where the parameter is missing, nothing where it is no such number.
    std::optional<std::size_t> read(const request& request, std::string_view name) const;
};

/// The largest offset or page number that is read; beyond it, it is a mistake.
inline constexpr std::size_t most_position = 1'000'000'000;

/// Makes and reads opaque position tokens: a position and a MAC over it and its scope, so that a made-up token,
/// or one of another list, is told from a real one.
class token_maker {
  public:
    explicit token_maker(std::uint64_t seed);

    std::string seal(std::string_view scope, std::size_t position) const;
    std::optional<std::size_t> open(std::string_view scope, std::string_view token) const;

  private:
    std::string secret_;
};

/// The token behind `Bearer `; empty where the header says something else.
std::string_view bearer_of(const request& request);

}  // namespace rollcall::simulator
