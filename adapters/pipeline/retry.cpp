// Whether a failed call is made once more, and when.
#include "adapters/pipeline/retry.hpp"

#include <algorithm>

namespace rollcall::adapters {
namespace {

bool is_passing(const failure& failure) {
    if (failure.kind == fault::unreachable) return true;
    if (failure.kind != fault::error) return false;
    const unsigned status = failure.upstream.status;
    return status == 502 || status == 503 || status == 504;
}

}  // namespace

std::optional<std::chrono::milliseconds> retry_policy::pause_before(const situation& situation,
                                                                    operation_kind operation,
                                                                    const failure& failure) const {
    // A write may have been done although its answer was lost.
    const bool harmless = !is_write(operation) || failure.unsent;
    if (situation.next > attempts || !harmless || !is_passing(failure)) return std::nullopt;
    auto pause = std::chrono::duration_cast<std::chrono::milliseconds>(longest_pause * situation.random);
    // The jitter comes on top of the provider's word, because others heed that too.
    if (failure.retry_after) pause += *failure.retry_after;
    if (pause + std::max<steady_clock::duration>(shortest_attempt, situation.usual) > situation.left)
        return std::nullopt;
    return pause;
}

bool is_refused_by_us(const failure& failure) {
    return failure.unsent && (failure.kind == fault::circuit_open || failure.kind == fault::rate_limited);
}

}  // namespace rollcall::adapters
