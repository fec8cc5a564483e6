// In which order the addresses of a host are tried.
#pragma once

#include <boost/asio/ip/tcp.hpp>

#include <algorithm>
#include <vector>

namespace rollcall::adapters {

/// Lets the families take turns, beginning with that of the first address, so that one that does not work holds up no
/// more than every second attempt (RFC 8305, section 4). Within its family each keeps its place.
inline void let_families_take_turns(std::vector<boost::asio::ip::tcp::endpoint>& endpoints) {
    using iterator = std::vector<boost::asio::ip::tcp::endpoint>::iterator;
    bool wants_v6 = !endpoints.empty() && endpoints.front().address().is_v6();
    for (iterator place = endpoints.begin(); place != endpoints.end(); ++place, wants_v6 = !wants_v6) {
        const iterator next = std::find_if(
            place, endpoints.end(), [&](const auto& endpoint) { return endpoint.address().is_v6() == wants_v6; });
        if (next == endpoints.end()) return;
        std::rotate(place, next, next + 1);
    }
}

}  // namespace rollcall::adapters
