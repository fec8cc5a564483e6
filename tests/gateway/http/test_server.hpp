// A listener on a thread of its own, with routes that show what a handler was given, and an observer that remembers.
#pragma once

#include "base/timer.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/http/load.hpp"

#include <boost/asio/executor_work_guard.hpp>

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::gateway::testing {

struct finished_request {
    std::string id;
    std::string path;
    std::string route;
    unsigned status = 0;
    std::size_t bytes = 0;
};

/// What was reported; thread-safe.
class recording_observer final : public request_observer {
  public:
    struct record {
        int connections = 0;  ///< open
        int in_flight = 0;
        int started = 0;
        int waiting = 0;
        std::vector<tls_outcome> handshakes;
        std::vector<client_limit> overloaded;
        std::vector<finished_request> finished;
        std::vector<std::string> unmade;  ///< changes, as `METHOD path status code`
        std::vector<std::string> failures;
    };

    void connection_opened() override;
    void connection_closed() override;
    void tls_handshake(tls_outcome outcome, std::string_view why) override;
    void overloaded(client_limit reached) override;
    void request_started() override;
    void request_waits(bool waits) override;
    void request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                          steady_clock::duration took) override;
    void change_unmade(const request& request, unsigned status, std::string_view code) override;
    void failed(std::string_view request_id, std::string_view what) override;

    [[nodiscard]] record now() const;
    /// Waits at most ten seconds; false where `wanted` did not come true.
    [[nodiscard]] bool wait(const std::function<bool(const record&)>& wanted) const;

  private:
    void change(const std::function<void(record&)>& change);

    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    record record_;
};

/// `/agents` and `/agents/{id}` tell what they were given, `/held` waits for `release`, `/throws` throws, `/large`
/// answers with `large_bytes`, `/empty` with 204.
class test_server {
  public:
    static constexpr std::size_t large_bytes = 32 * 1024 * 1024;

    explicit test_server(config::limits limits = {}, session_timeouts timeouts = {},
                         std::shared_ptr<const tls_context> tls = nullptr);
    ~test_server();
    test_server(const test_server&) = delete;
    test_server& operator=(const test_server&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    /// Waits at most ten seconds; false where there never were so many in the listener's load.
    [[nodiscard]] bool wait_for_body_bytes(std::size_t bytes) const;
    void release();  ///< lets every request at `/held` go on
    void adopt(const config::limits& limits, std::chrono::milliseconds request_timeout);  ///< the same routes
    /// The one that was adopted last.
    [[nodiscard]] std::weak_ptr<const listener_policy> policy() const { return policy_; }
    void adopt_tls(std::shared_ptr<const tls_context> tls);
    void announce_end();
    /// `before` runs on the server's thread, which accepts nobody between it and the drain.
    void drain(const std::function<void()>& before = [] {});
    void close_listener();  ///< destroys the listener while its sessions may be busy
    void stop();            ///< ends the thread without waiting for the sessions, which die with the io_context
    [[nodiscard]] bool is_drained();
    /// Requests that wait at `/held`, after at least `count` have come there.
    void wait_for_held(int count);

    recording_observer observer;

  private:
    std::vector<route> routes();
    awaitable<void> hold(const request& request, response& response);
    void run(std::function<void()> action);

    std::mutex mutex_;
    std::condition_variable held_changed_;
    int held_ = 0;
    std::unique_ptr<asio::io_context> context_;
    std::unique_ptr<sweeper> sweeper_;
    std::unique_ptr<steady_timer> gate_;
    std::unique_ptr<asio::executor_work_guard<executor>> work_;
    std::shared_ptr<listener_load> load_ = make_listener_load();
    std::unique_ptr<listener> listener_;
    std::weak_ptr<const listener_policy> policy_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace rollcall::gateway::testing
