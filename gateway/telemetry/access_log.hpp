// Everything that the gateway says on standard output: a line for each request and for each event, in one format.
// Never headers, bodies or credentials; the secret of a client's key is taken out of whatever text it was put into.
// Writing happens on a thread of its own.
#pragma once

#include "config/settings.hpp"
#include "gateway/http/listener.hpp"
#include "gateway/telemetry/audit.hpp"

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string_view>
#include <variant>

namespace spdlog {
class logger;
namespace details {
class thread_pool;
}
namespace sinks {
class sink;
}
}  // namespace spdlog

namespace rollcall::gateway {

/// One named value of a line.
struct log_field {
    std::string_view name;  ///< an identifier
    std::variant<std::string_view, std::int64_t, double> value;
};

/// Thread-safe. A line is queued and written later; when the queue is full the oldest line in it is dropped, so that a
/// slow reader of the log never holds up a request. Lines that anybody can cause, of requests and failed handshakes,
/// are not queued where half of the queue is taken, so that they push out no line of a write or an event. Destruction
/// writes what is queued.
class access_log final : public request_observer, public audit_log {
  public:
    explicit access_log(const config::log& settings);         ///< to standard output
    access_log(const config::log& settings, int descriptor);  ///< which must stay open
    access_log(const config::log& settings, std::shared_ptr<spdlog::sinks::sink> sink);
    ~access_log() override;
    access_log(const access_log&) = delete;
    access_log& operator=(const access_log&) = delete;

    /// Writes an event: `{"time":…,"level":…,"message":…, fields…}`, or the same as text. Texts are cut at 1024 bytes.
    void log(config::log_level level, std::string_view message, std::initializer_list<log_field> fields = {});

    /// How many lines were not written, or not as a whole, since the beginning.
    [[nodiscard]] std::uint64_t lines_lost() const;

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

    /// At every level but `off`.
    void wrote(const audited_write& write) override;

  private:
    void write_to(std::shared_ptr<spdlog::sinks::sink> sink);
    [[nodiscard]] bool says(config::log_level level) const;
    /// May a line that anybody can cause be queued? Where it may not, it is counted as lost.
    [[nodiscard]] bool has_room_for_anybody();

    config::log settings_;
    std::atomic<std::uint64_t> lost_outside_queue_{0};
    std::shared_ptr<spdlog::details::thread_pool> writer_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace rollcall::gateway
