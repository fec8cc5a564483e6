// A client's request as handlers see it, and the answer they fill in. Reading and sending them is session.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "gateway/http/place.hpp"

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace rollcall::gateway {

struct client;

enum class method : std::uint8_t { get, head, post, put, patch, delete_, options, other };

/// As it stands in a request line; `other` is `OTHER`.
[[nodiscard]] std::string_view name_of(method method);
/// `other` for every method that is not offered.
[[nodiscard]] method method_of(std::string_view name);

/// Does it ask for no change (RFC 9110, section 9.2.1)?
[[nodiscard]] constexpr bool is_safe(method method) {
    return method == method::get || method == method::head || method == method::options;
}

inline constexpr std::size_t method_count = static_cast<std::size_t>(method::other) + 1;

struct header_field {
    std::string_view name;   ///< as the client wrote it
    std::string_view value;  ///< without the white space around it
};

/// One checked request. All views live until its answer has been sent.
struct request {
    gateway::method method = method::get;
    std::string_view path;   ///< as sent, percent-encoded, beginning with `/`
    std::string_view query;  ///< as sent, behind the `?`; empty where there is none
    std::span<const header_field> headers;
    std::string_view body;
    /// The names of the certificate that the client has shown, each with its kind before it: `DNS:`, `URI:` or
    /// `email:`. Empty where it has shown none.
    std::span<const std::string> certificate;
    std::string_view id;  ///< X-Request-Id: the client's, or a new one
    /// W3C trace context to send on to providers; empty where the client sent no valid one.
    std::string_view traceparent;
    steady_clock::time_point arrived{};  ///< when all of it was there, or is not waited for any longer
    /// Where it comes from: the address of its connection, or what a trusted proxy says (client_address.hpp).
    asio::ip::address address;
    const gateway::client* client = nullptr;  ///< whose it is; null: access is open, or nobody was found to be asking
    std::string_view key;                     ///< what its client was known by, fit to be logged; may be empty
    std::string record;  ///< the decoded value of `{id}` in the route's path; empty where it has none
    rollcall::deadline deadline{};
    std::optional<place> turn;  ///< among the requests of its client that are answered at once; empty: none is counted

    /// The first field of that name, whatever its case.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
};

/// How one is limited who asks, as the fields RateLimit-Policy and RateLimit of draft-ietf-httpapi-ratelimit-headers-11
/// say it.
struct rate_limit_state {
    std::string_view name{};    ///< of the policy; a literal
    std::string_view policy{};  ///< the value of RateLimit-Policy; empty: neither field is sent. As valid as a request
    std::uint32_t left = 0;     ///< requests that may be made at once
    std::chrono::seconds next_in{};  ///< until there is one more
};

/// The answer under construction. `body` and `headers` come empty, with the memory of earlier answers.
struct response {
    unsigned status = 200;
    std::string_view content_type = "application/json";  ///< a literal
    std::string_view cache_control = "no-store";         ///< a literal
    rate_limit_state rate_limit{};
    std::string headers;  ///< further header lines, each ended by CRLF; append with add_header
    std::string body;
    std::string_view code{};  ///< of the problem that it tells, a literal; empty: it tells none
    /// The handler has written down, or will in any case, what comes of the change that was asked for.
    bool audited = false;

    /// Appends a header line; CR, LF and other controls in `value` are left out, so that no value can begin a new line.
    void add_header(std::string_view name, std::string_view value);
};

/// Answers one request. It runs on the session's thread; `request` and `response` outlive the awaitable.
using handler = std::function<awaitable<void>(const request& request, response& response)>;

}  // namespace rollcall::gateway
