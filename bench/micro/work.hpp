// Pieces of a request's way through the gateway, each with a fixed input and no I/O, to be measured or counted.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rollcall::bench {

struct work {
    std::string name;
    std::function<void()> run;  ///< may be called again and again, and does the same each time
};

/// Reading a page of 50 agents of each dialect, packing and unpacking a cursor, checking a request's head, finding its
/// route, and writing a page of 50 agents from the cache.
[[nodiscard]] std::vector<work> all_work();

}  // namespace rollcall::bench
