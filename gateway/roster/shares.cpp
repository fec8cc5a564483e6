// How the room of a client's page is divided among the providers.
#include "gateway/roster/shares.hpp"

#include <algorithm>

namespace rollcall::gateway {

std::vector<std::uint32_t> divide(std::uint32_t limit, std::span<const std::uint32_t> capacity) {
    std::vector<std::uint32_t> shares(capacity.size(), 0);
    std::uint32_t open = 0;  // how many could take more
    for (std::size_t i = 0; i < capacity.size(); ++i)
        open += capacity[i] > 0 ? 1 : 0;
    // Each round either gives everybody the same or fills somebody up, so there are at most as many as participants.
    while (limit > 0 && open > 0) {
        const std::uint32_t each = std::max(limit / open, 1U);
        open = 0;
        for (std::size_t i = 0; i < capacity.size() && limit > 0; ++i) {
            const std::uint32_t given = std::min(each, capacity[i] - shares[i]);
            shares[i] += given;
            limit -= given;
            open += shares[i] < capacity[i] ? 1 : 0;
        }
    }
    return shares;
}

}  // namespace rollcall::gateway
