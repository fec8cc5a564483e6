// What stands behind a listener: requests in, deliveries out. The server knows nothing else of providers or control.
#pragma once

#include "tests/simulator/message.hpp"

#include <chrono>
#include <cstddef>
#include <limits>
#include <string>

namespace rollcall::simulator {

/// What happens to the connection when a delivery is done.
enum class ending {
    keep_alive,  // unless the request asked for the end
    close,
    reset,       // with RST
    hang,        // nothing more is sent, and the connection stays until the peer ends it
    half_close,  // the same, but our half of the connection ends at once
};

/// An answer and the way in which it reaches the peer.
struct delivery {
    answer what = {};
    bool send_head = true;                                            // false: nothing is sent at all
    bool verbatim = false;                                            // the body is all that is sent, head included
    std::string repeat = {};                                          // sent behind it without end; empty: nothing
    std::chrono::milliseconds delay{0};                               // before the first byte
    std::size_t body_sent = std::numeric_limits<std::size_t>::max();  // bytes of the body that are sent at most
    std::size_t pause_at = 0;                                         // bytes of the body that go out before the pause
    std::chrono::milliseconds pause{0};
    ending end = ending::keep_alive;
};

/// Called from every thread of the server.
class service {
  public:
    virtual ~service() = default;
    virtual void connected() = 0;
    virtual delivery receive(request request) = 0;
};

}  // namespace rollcall::simulator
