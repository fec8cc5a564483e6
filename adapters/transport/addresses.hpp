// The addresses of one provider's host, kept fresh off the request path, because a lookup cannot be cancelled.
// Which of them a connection uses is the transport's matter.
#pragma once

#include "base/executor.hpp"
#include "base/refresh_schedule.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::adapters {

/// One for each provider, shared by all threads. Looked up at construction, every 30 s, after a failure sooner (1 s,
/// doubled up to 30 s) and when somebody reports the known ones unreachable. A failed lookup keeps the last good list.
/// Thread-safe. The housekeeping context must be run by one thread and must outlive the object.
class addresses {
  public:
    static constexpr refresh_pace pace{
        .regular = std::chrono::seconds{30},
        .longest_retry = std::chrono::seconds{30},
        .smallest_gap = std::chrono::seconds{1},
    };

    using list = std::vector<asio::ip::tcp::endpoint>;
    using answer = std::function<void(const boost::system::error_code&, list)>;
    /// Asks once and calls the answer on the housekeeping thread, later than it returns.
    using lookup = std::function<void(answer)>;

    /// A literal address is known at once and never looked up; a name is asked of the system's resolver.
    addresses(const executor& housekeeping, const std::string& host, const std::string& port);
    addresses(const executor& housekeeping, lookup lookup);
    ~addresses();
    addresses(const addresses&) = delete;
    addresses& operator=(const addresses&) = delete;

    /// The addresses in the order in which they are to be tried, which is the resolver's but for the families, which
    /// take turns; null until they are known for the first time, never empty.
    [[nodiscard]] std::shared_ptr<const list> snapshot() const;

    /// Changes with the snapshot; what was read before a snapshot is never newer than it.
    [[nodiscard]] std::uint64_t version() const;

    /// Blocks until the addresses are known, at most `timeout`; whether they are. For start-up, never for a request.
    [[nodiscard]] bool wait_until_resolved(std::chrono::milliseconds timeout) const;

    /// No connection could be opened with the known addresses: they are looked up anew, at most once a second.
    void report_unreachable();

  private:
    class refresher;
    std::shared_ptr<refresher> refresher_;
};

}  // namespace rollcall::adapters
