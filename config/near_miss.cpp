// Guessing what somebody meant by a name that is not known, by the number of letters that differ.
#include "config/near_miss.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace rollcall::config {
namespace {

constexpr std::size_t listed_maximum = 16;
/// No known name is longer by far, and the distance costs the product of both lengths.
constexpr std::size_t name_maximum = 64;

/// The number of letters to insert, remove or replace (Levenshtein).
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view name, std::span<const std::string_view> known) {
    std::string_view nearest;
    std::size_t least = name_maximum;
    if (name.size() <= name_maximum) {
        for (const auto candidate : known) {
            const std::size_t letters = distance(name, candidate);
            if (letters < least) {
                least = letters;
                nearest = candidate;
            }
        }
    }
    // Two slips in a long name, one in a short one: more would guess at random.
    if (least <= 1 + static_cast<std::size_t>(nearest.size() > 5) && least < nearest.size()) {
        return fmt::format("; did you mean {}?", nearest);
    }
    if (known.size() <= listed_maximum) return fmt::format("; known: {}", fmt::join(known, ", "));
    return {};
}

}  // namespace rollcall::config
