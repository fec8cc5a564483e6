// The positions that a walk has seen: hashing and remembering them.
#include "adapters/paging/trail.hpp"

#include <algorithm>
#include <bit>

namespace rollcall::adapters {
namespace {

/// FNV-1a with a final mix. The hash travels in cursors, so it has to be the same in every process and version.
std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash ^ hash >> 32;
}

}  // namespace

bool trail::seen(std::string_view position) const {
    const std::uint64_t hash = hash_of(position);
    return std::ranges::find(recent, hash) != recent.end() || (steps > 0 && hash == mark);
}

void trail::step(std::string_view position) {
    const std::uint64_t hash = hash_of(position);
    if (recent.size() == remembered) recent.erase(recent.begin());
    recent.push_back(hash);
    ++steps;
    if (std::has_single_bit(steps)) mark = hash;
}

}  // namespace rollcall::adapters
