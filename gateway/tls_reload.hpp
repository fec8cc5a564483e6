// The public listener's certificate while the gateway runs: reading its files when they change, and handing what they
// hold to the threads. What TLS is made of is http/tls_context.
#pragma once

#include "base/executor.hpp"
#include "gateway/file_watch.hpp"
#include "gateway/http/tls_context.hpp"
#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/metrics.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace rollcall::gateway {

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
    void watch_files();
    void reload();
    void tell(const tls_context& context);

    file_watch files_;
    handover hand_over_;
    metrics& metrics_;
    access_log& log_;
    /// As long as the process, so that no new certificate ends a session.
    std::shared_ptr<ticket_keys> tickets_ = std::make_shared<ticket_keys>();
    std::optional<config::server_tls> settings_;
};

}  // namespace rollcall::gateway
