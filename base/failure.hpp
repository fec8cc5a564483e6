// What can go wrong with one provider's call, and the result type that carries it. What a client is told
// about it is decided in gateway/http/problem.
#pragma once

#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace rollcall {

/// Why a call to a provider gave nothing; the comment says whose fault it is.
enum class fault : std::uint8_t {
    timeout,           ///< the provider's: no whole answer before the deadline
    unreachable,       ///< the provider's: no connection, or it broke before an answer
    rate_limited,      ///< ours: its quota is spent (429)
    auth_failed,       ///< ours: it refuses the credential (401, 403)
    circuit_open,      ///< the provider's: it failed too often lately to be asked
    invalid_response,  ///< the provider's: an answer that cannot be read
    error,             ///< the provider's: it says that it failed
    not_found,         ///< the caller's: the provider knows no such record (404)
    rejected,          ///< the caller's: the provider refuses the request's content (400, 422)
    overloaded,        ///< ours: no connection is free
    cancelled,         ///< nobody waits for the answer any more
};

/// How many values `fault` has, for tables over it.
inline constexpr std::size_t fault_count = static_cast<std::size_t>(fault::cancelled) + 1;

/// What the provider itself said with its failure.
struct upstream_error {
    unsigned status = 0;  ///< its HTTP status; 0 where none was received
    std::string code;     ///< its own code as text; empty where it has none
    std::string message;  ///< its own words, at most 256 characters; never a credential

    /// What it finds wrong with a member of a request's body.
    struct detail {
        std::string member;  ///< its own name for it
        std::string why;     ///< its own words, at most 256 characters
    };
    std::vector<detail> details{};  ///< at most 16
};

struct failure {
    fault kind = fault::error;
    std::string detail;  ///< a sentence for people, free of secrets
    upstream_error upstream{};
    std::optional<std::chrono::seconds> retry_after{};  ///< when the provider may be asked again, where known
    bool unsent = false;  ///< no byte of the request has left, so that it may be made again whatever it does
};

template<class T>
using result = boost::system::result<T, failure>;

}  // namespace rollcall
