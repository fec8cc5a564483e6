// How a provider has been doing lately.
#include "adapters/health.hpp"

namespace rollcall::adapters {

void health::exchanged(operation_kind operation, std::optional<fault> outcome, steady_clock::duration took) {
    // A record that is not there, or a request that was refused as wrong, is the caller's affair: the provider is well.
    const bool well = !outcome || *outcome == fault::not_found || *outcome == fault::rejected;
    if (outcome != fault::cancelled) {
        const std::lock_guard lock{mutex_};
        (well ? report_.last_success : report_.last_failure) = system_clock::now();
        if (!well) report_.last_fault = outcome;
    }
    next_.exchanged(operation, outcome, took);
}

}  // namespace rollcall::adapters
