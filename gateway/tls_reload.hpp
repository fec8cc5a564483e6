// The public listener's certificate while the gateway runs: reading its files when they change, and handing what they
// hold to the threads. What TLS is made of is http/tls_context.
#pragma once

#include "base/executor.hpp"
#include "gateway/http/tls_context.hpp"
#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/metrics.hpp"

#include <boost/asio/steady_timer.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace rollcall::gateway {

/// What tells one state of a file from another, without reading it. Through a symbolic link it is the target's, so that
/// a swapped link, as Kubernetes updates a secret, is a change.
struct file_stamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t bytes = -1;  ///< -1: there is no such file
    std::int64_t changed_ns = 0;

    [[nodiscard]] bool operator==(const file_stamp&) const = default;
};

/// On the housekeeping thread, but for its construction.
class tls_reloader {
  public:
    /// Makes every thread's new connections begin with it; null: plainly.
    using handover = std::function<void(const std::shared_ptr<const tls_context>& next)>;

    /// Everything must outlive it and the run of the housekeeping context.
    tls_reloader(const executor& housekeeping, handover hand_over, metrics& metrics, access_log& log);

    /// What the first threads begin with: null without settings. Throws std::runtime_error where the files are unfit.
    [[nodiscard]] std::shared_ptr<const tls_context> begin(const std::optional<config::server_tls>& settings);

    /// Takes a reloaded configuration's settings over, and reads the files whether or not they have changed. Files that
    /// are not fit change nothing, and are read again when they change.
    void adopt(const std::optional<config::server_tls>& settings);

  private:
    using stamps = std::array<file_stamp, 3>;

    [[nodiscard]] stamps stamps_now() const;
    void look_again();
    void look();
    void reload();
    void tell(const tls_context& context);

    asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor> timer_;
    handover hand_over_;
    metrics& metrics_;
    access_log& log_;
    /// As long as the process, so that no new certificate ends a session.
    std::shared_ptr<ticket_keys> tickets_ = std::make_shared<ticket_keys>();
    std::optional<config::server_tls> settings_;
    stamps read_{};  ///< of the files as they were last read
    stamps seen_{};  ///< …as they were last looked at
};

}  // namespace rollcall::gateway
