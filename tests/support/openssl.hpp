// What the helpers that use OpenSSL share: owning its objects, and saying which step has failed.
#pragma once

#include <stdexcept>
#include <string>

namespace rollcall::testing {

/// The deleter of a std::unique_ptr, such as `freer<SSL_free>`.
template<auto Free>
struct freer {
    template<typename T>
    void operator()(T* object) const {
        Free(object);
    }
};

/// Throws std::runtime_error with the step's name where it is not done.
inline void check(bool done, const char* step) {
    if (!done) throw std::runtime_error(std::string{"OpenSSL: "} + step);
}

}  // namespace rollcall::testing
