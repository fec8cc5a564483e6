// One provider's HTTP exchanges on one thread: what goes out, what comes back, and the pool behind it.
// It knows nothing of agents, retries or caches.
#pragma once

#include "base/clock.hpp"
#include "base/executor.hpp"
#include "base/failure.hpp"
#include "base/sweeper.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace rollcall::adapters {

/// Where a provider is and how much it may send.
struct origin {
    bool tls = false;
    std::string host;     ///< as in the URL, without brackets; also SNI and what the certificate must name
    std::string port;     ///< decimal
    std::string ca_file;  ///< trusted instead of the system's store; empty: the system's
    std::size_t answer_bytes = 16 * 1024 * 1024;  ///< the largest body that is read
    unsigned connections = 64;                    ///< open at once, at most
    unsigned queue_length = 64;  ///< calls that wait while every connection is busy, at most; 0: none does
    std::chrono::milliseconds queue_wait{250};  ///< how long one waits at most; its deadline may end it sooner
    std::string fixed_headers;  ///< header lines sent with every request, each ended by CRLF: Host, credential, …
    std::chrono::milliseconds idle_timeout{50'000};  ///< a kept connection is closed after so long without a request
    std::chrono::milliseconds lifetime{600'000};     ///< a connection older than this takes no further request

    /// `scheme://host[:port]`, the port only where it is not the scheme's own.
    [[nodiscard]] std::string to_string() const;
};

/// One request as the transport sends it. The views must live until the exchange has ended.
struct outgoing {
    std::string_view method = "GET";
    std::string_view target;         ///< origin form, percent-encoded
    std::string_view body;           ///< sent as application/json with its length; none if empty
    std::string_view extra_headers;  ///< header lines of this request alone, each ended by CRLF
};

/// One answer, its body whole and already free of its transfer coding.
struct incoming {
    unsigned status = 0;
    std::string content_type;
    std::string link;  ///< RFC 8288, all fields joined by ", "
    std::string retry_after;
    std::string rate_limit_remaining;  ///< X-RateLimit-Remaining
    std::string rate_limit_reset;      ///< X-RateLimit-Reset
    std::string body;  ///< its capacity leaves room for simdjson's padding behind the text, also when moved
};

class addresses;
class tls_context;
class upstream_observer;

/// The connections of one thread to one provider. Not thread-safe: everything happens on `executor`'s thread.
class transport {
  public:
    /// `addresses`, `tls` (which may be null without TLS), `sweeper` and `observer` must outlive the transport and its
    /// exchanges. The observer, if there is one, is told of connections and of calls that are turned away. An exchange
    /// that is still waiting when the transport is destroyed goes on to its end on its own.
    transport(const executor& executor, sweeper& sweeper, origin origin, addresses& addresses, tls_context* tls,
              upstream_observer* observer = nullptr);
    ~transport();
    transport(const transport&) = delete;
    transport& operator=(const transport&) = delete;

    /// Sends `request` once, over a kept or a new connection, and reads the whole answer. While every connection is
    /// busy it waits for one, in its turn, as long as the origin allows. A kept connection may turn out to be closed
    /// under the request; whether there is a second attempt is for those to say who count it.
    ///
    /// Fails with timeout (nothing whole before `until`), unreachable (no address, no connection, TLS refused, closed
    /// before the first byte of an answer), invalid_response (not HTTP, a body over the limit, an undecodable coding,
    /// an answer that breaks off before the end that it announced) or overloaded (no connection was free, nor in time).
    /// The failure is marked `unsent` where no byte of the request can have left: no address, no connection, TLS
    /// refused, every connection busy, no time left before it was sent. Any final HTTP status is a success here;
    /// redirects are not followed and 1xx answers are skipped. Cancelling it (asio's terminal cancellation) closes the
    /// connection it used, and it fails with cancelled; the caller's next co_await then throws, as Asio has it, unless
    /// the caller resets its cancellation state.
    [[nodiscard]] awaitable<result<incoming>> exchange(const outgoing& request, deadline until);

    [[nodiscard]] std::size_t open_connections() const;

    class implementation;  ///< the pool, plain or TLS

  private:
    // Shared with the exchanges that wait, whose frames may be destroyed after the transport.
    std::shared_ptr<implementation> implementation_;
};

}  // namespace rollcall::adapters
