// Accepting clients on one thread, and draining. What is said on a connection is session.
#pragma once

#include "base/executor.hpp"
#include "base/sweeper.hpp"
#include "config/settings.hpp"
#include "gateway/http/client_address.hpp"
#include "gateway/http/cross_origin.hpp"
#include "gateway/http/gatekeeper.hpp"
#include "gateway/http/pace.hpp"
#include "gateway/http/router.hpp"
#include "gateway/http/tls_context.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::gateway {

/// The status under which a request is counted whose client went away before it had its answer.
inline constexpr unsigned client_closed_request = 499;
inline constexpr std::string_view client_closed_request_name = "client_closed_request";

/// What there may be only so many of, over all threads (config::limits).
enum class client_limit : std::uint8_t { connections, requests_in_flight, bodies };
inline constexpr std::string_view client_limit_names[] = {"connections", "requests_in_flight", "bodies"};

/// How a TLS handshake ended.
enum class tls_outcome : std::uint8_t {
    full,
    resumed,      ///< by a session ticket
    certificate,  ///< the client's was refused, or it had none where one is required
    failed,       ///< nothing in common, no TLS at all, or the client did not like what it saw
    plain_http,   ///< the client spoke HTTP without TLS, and was told so
    abandoned,    ///< by the client
    timeout,
};
inline constexpr std::string_view tls_outcome_names[] = {"full",       "resumed",   "certificate", "failed",
                                                         "plain_http", "abandoned", "timeout"};

/// What a session reports, for metrics and the access log. Called on the session's thread.
class request_observer {
  public:
    virtual ~request_observer() = default;
    virtual void connection_opened() = 0;
    virtual void connection_closed() = 0;
    /// Each connection over TLS comes to one of these, unless the gateway breaks it off; `why` is for people, and empty
    /// where there is nothing to say.
    virtual void tls_handshake(tls_outcome outcome, std::string_view why) = 0;
    /// A connection or a request is answered 503 because no place has become free for it, or no room for its body.
    virtual void overloaded(client_limit reached) = 0;
    virtual void request_started() = 0;
    /// A request waits for one of the places to be answered, or does no longer. Every true is followed by a false.
    virtual void request_waits(bool waits) = 0;
    /// Called once for each request_started. `route` is the template, or empty where none was found (then `path` may be
    /// empty as well, because the head could not be read); `bytes` is the body's length.
    virtual void request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                                  steady_clock::duration took) = 0;
    /// Called before request_finished where a request that asks for a change (by a method that is not safe: RFC 9110,
    /// section 9.2.1) was let in, or its client is at least known, and no handler answers for what came of it
    /// (response::audited). `code` is that of the problem it was told, or `client_closed_request`.
    virtual void change_unmade(const request& request, unsigned status, std::string_view code) = 0;
    /// Something was thrown where nothing should be; `request_id` is empty where no request was being answered.
    virtual void failed(std::string_view request_id, std::string_view what) = 0;
};

/// Counts shared by the listeners of one port on all threads, so that limits hold for the whole process.
struct listener_load;

/// How long a client may take over each part of an exchange.
struct session_timeouts {
    /// From the connection's beginning to the end of the TLS handshake.
    std::chrono::milliseconds tls_handshake{10'000};
    std::chrono::milliseconds idle{60'000};   ///< between two requests
    std::chrono::milliseconds head{5'000};    ///< for a whole head, from its first byte
    std::chrono::milliseconds body{10'000};   ///< for a whole body, from the end of its head
    std::chrono::milliseconds write{10'000};  ///< while an answer makes no progress
    /// A body of the default limit of 1 MiB needs a hundred times as much to come in time: who is slower than this will
    /// not make it, and need not hold a connection until it is certain.
    minimum_rate body_rate{std::chrono::milliseconds{2'000}, 1024};
    /// From the moment that the client takes no more at once. Every bit of progress ends a stalled write's ten seconds,
    /// so without this a client that reads a byte now and then would be served for hours.
    minimum_rate write_rate{std::chrono::milliseconds{10'000}, 16 * 1024};
    std::chrono::milliseconds linger{2'000};  ///< for the client to read the last answer before the connection closes
    std::chrono::milliseconds client_check{50};  ///< how often it is looked whether the client still waits
    /// A client that has ended its side (FIN) while it waits counts as gone after this time: a client that only
    /// half-closed is indistinguishable from one that left, and is served if the answer comes this soon.
    std::chrono::milliseconds half_closed{250};
    /// In a drain, from the beginning of a connection or from its last answer to the next request: a client that has
    /// not been told of the end yet may be about to send it. A TLS handshake has as long.
    std::chrono::milliseconds last_request{1'000};
    /// In a drain, for handshakes that the kernel has begun: longer than most round trips. 0: accepting ends at once.
    std::chrono::milliseconds handshake{200};
};

/// What a request is answered by, from its first byte until its answer is ready. Another may take its place at any
/// time.
struct listener_policy {
    listener_policy(const config::limits& limits, std::chrono::milliseconds request_timeout, std::vector<route> routes,
                    std::shared_ptr<const gateway::gatekeeper> gatekeeper = nullptr,
                    std::optional<gateway::cross_origin> cross_origin = std::nullopt,
                    const std::vector<std::string>& proxies = {})
        : limits(limits),
          request_timeout(request_timeout),
          router(std::move(routes)),
          gatekeeper(std::move(gatekeeper)),
          cross_origin(std::move(cross_origin)),
          proxies(proxies) {}

    const config::limits limits;
    const std::chrono::milliseconds request_timeout;
    const gateway::router router;
    const std::shared_ptr<const gateway::gatekeeper> gatekeeper;  ///< null: every request is admitted
    const std::optional<gateway::cross_origin> cross_origin;      ///< empty: browsers of other origins are not let in
    const trusted_proxies proxies;
};

struct listener_options {
    config::address address;
    bool share_port = false;  ///< SO_REUSEPORT, one listener for each thread
    session_timeouts timeouts{};
    std::shared_ptr<const tls_context> tls{};  ///< null: plain HTTP
};

/// One acceptor and its sessions. Not thread-safe but for what is said to be.
class listener {
  public:
    /// Binds and listens at once; throws std::runtime_error where the address cannot be had.
    /// `observer` must outlive the executor's io_context, whose destruction ends the last sessions; `sweeper` must
    /// outlive the listener and every run of the io_context.
    listener(const executor& executor, sweeper& sweeper, const listener_options& options,
             std::shared_ptr<const listener_policy> policy, request_observer& observer,
             std::shared_ptr<listener_load> load);
    ~listener();  ///< stops accepting and breaks off every session
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;

    void start();                              ///< begins to accept
    [[nodiscard]] std::uint16_t port() const;  ///< the bound port
    /// Requests that begin from now on are answered by `policy`. The one before is held only as long as requests that
    /// began with it are. Its thread only.
    void adopt(std::shared_ptr<const listener_policy> policy);
    /// Connections that are accepted from now on begin with `tls`, or plainly where it is null; the others live on. Its
    /// thread only.
    void adopt_tls(std::shared_ptr<const tls_context> tls);
    /// From now on every answer says `Connection: close`, and clients go on being accepted. Its thread only.
    void announce_end();
    /// Stops accepting, once the handshakes that had begun are done. Idle sessions close, each when it has been idle
    /// for `last_request`; busy ones finish with `Connection: close`. Its thread only.
    void drain();
    [[nodiscard]] bool is_drained() const;  ///< nobody is accepted and no session is open. Its thread only

  private:
    class implementation;
    std::shared_ptr<implementation> implementation_;
};

[[nodiscard]] std::shared_ptr<listener_load> make_listener_load();

/// Throws std::runtime_error where somebody listens at the address already, and be it one who would share the port. It
/// only binds: a client that connected to a listener of so short a life would be reset.
void refuse_taken_address(const executor& executor, const config::address& address);

}  // namespace rollcall::gateway
