// How much of a port's limits is taken, over all threads.
#pragma once

#include "gateway/http/admission.hpp"
#include "gateway/http/place.hpp"

#include <atomic>
#include <cstddef>

namespace rollcall::gateway {

struct listener_load {
    std::atomic<std::size_t> connections{0};
    gateway::admission admission;  ///< of requests
};

}  // namespace rollcall::gateway
