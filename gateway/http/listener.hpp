// Accepting clients on one thread, and draining. What is said on a connection is session.
#pragma once

#include "base/executor.hpp"
#include "base/sweeper.hpp"
#include "config/settings.hpp"
#include "gateway/http/router.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::gateway {

/// The status under which a request is counted whose client went away before it had its answer.
inline constexpr unsigned client_closed_request = 499;

/// What a session reports, for metrics and the access log. Called on the session's thread.
class request_observer {
  public:
    virtual ~request_observer() = default;
    virtual void connection_opened() = 0;
    virtual void connection_closed() = 0;
    virtual void request_started() = 0;
    /// Called once for each request_started. `route` is the template, or empty where none was found (then `path` may be
    /// empty as well, because the head could not be read); `bytes` is the body's length.
    virtual void request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                                  steady_clock::duration took) = 0;
    /// Something was thrown where nothing should be; `request_id` is empty where no request was being answered.
    virtual void failed(std::string_view request_id, std::string_view what) = 0;
};

/// Counts shared by the listeners of one port on all threads, so that limits hold for the whole process.
struct listener_load;

/// How long a client may take over each part of an exchange.
struct session_timeouts {
    std::chrono::milliseconds idle{60'000};   ///< between two requests
    std::chrono::milliseconds head{5'000};    ///< for a whole head, from its first byte
    std::chrono::milliseconds body{10'000};   ///< for a whole body, from the end of its head
    std::chrono::milliseconds write{10'000};  ///< while an answer makes no progress
    std::chrono::milliseconds linger{2'000};  ///< for the client to read the last answer before the connection closes
    std::chrono::milliseconds client_check{50};  ///< how often it is looked whether the client still waits
    /// A client that has ended its side (FIN) while it waits counts as gone after this time: a client that only
    /// half-closed is indistinguishable from one that left, and is served if the answer comes this soon.
    std::chrono::milliseconds half_closed{250};
};

/// What a request is answered by, from its first byte until its answer is ready. Another may take its place at any
/// time.
struct listener_policy {
    listener_policy(const config::limits& limits, std::chrono::milliseconds request_timeout, std::vector<route> routes)
        : limits(limits), request_timeout(request_timeout), router(std::move(routes)) {}

    const config::limits limits;
    const std::chrono::milliseconds request_timeout;
    const gateway::router router;
};

struct listener_options {
    config::address address;
    bool share_port = false;  ///< SO_REUSEPORT, one listener for each thread
    session_timeouts timeouts{};
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
    void drain();  ///< stops accepting; idle sessions close, busy ones finish with `Connection: close`. Its thread only
    [[nodiscard]] std::size_t sessions() const;  ///< still open. Its thread only

  private:
    class implementation;
    std::shared_ptr<implementation> implementation_;
};

[[nodiscard]] std::shared_ptr<listener_load> make_listener_load();

}  // namespace rollcall::gateway
