// Until when a request may wait for the providers.
#pragma once

#include "gateway/http/message.hpp"

#include <algorithm>
#include <chrono>

namespace rollcall::gateway {

/// Kept back of a request's time to write the answer; of a short time only a tenth.
inline constexpr std::chrono::milliseconds answer_reserve{50};

/// The request's deadline less what is kept back to answer it.
[[nodiscard]] inline deadline deadline_of_calls(const request& request) {
    const auto left = request.deadline - steady_clock::now();
    return request.deadline -
           std::clamp<steady_clock::duration>(left / 10, steady_clock::duration::zero(), answer_reserve);
}

}  // namespace rollcall::gateway
