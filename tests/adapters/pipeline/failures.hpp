// Failures as the innermost layer gives them, for tests of the layers above it.
#pragma once

#include "base/failure.hpp"

namespace rollcall::adapters::tests {

inline failure with_status(unsigned status) {
    failure failure{fault::error, "it failed"};
    failure.upstream.status = status;
    return failure;
}

inline failure of_kind(fault kind, bool unsent = false) {
    failure failure{kind, "it failed"};
    failure.unsent = unsent;
    return failure;
}

}  // namespace rollcall::adapters::tests
