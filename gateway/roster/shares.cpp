// How the room of a client's page is divided among the providers.
#include "gateway/roster/shares.hpp"

#include <algorithm>

namespace rollcall::gateway {

std::vector<std::uint32_t> divide(std::uint32_t limit, std::span<const std::uint32_t> capacity) {
    std::vector<std::uint32_t> shares(capacity.size(), 0);
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < capacity.size(); ++i) {
        if (capacity[i] > 0) open.push_back(i);
    }
    // Each round either gives everybody the same or fills somebody up, so there are at most as many as participants.
    while (limit > 0 && !open.empty()) {
        const auto count = static_cast<std::uint32_t>(open.size());
        const std::uint32_t each = limit / count;
        if (each == 0) {
            for (std::size_t i = 0; i < limit; ++i)
                ++shares[open[i]];
            break;
        }
        for (const std::size_t i : open) {
            const std::uint32_t given = std::min(each, capacity[i] - shares[i]);
            shares[i] += given;
            limit -= given;
        }
        std::erase_if(open, [&](std::size_t i) { return shares[i] == capacity[i]; });
    }
    return shares;
}

}  // namespace rollcall::gateway
