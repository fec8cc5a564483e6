// An issuer's key set from a URL, asked again and again. When it is asked is refresh_schedule's.
#pragma once

#include "adapters/transport/addresses.hpp"
#include "adapters/transport/tls_context.hpp"
#include "adapters/transport/transport.hpp"
#include "base/refresh_schedule.hpp"
#include "base/timer.hpp"
#include "config/key_set_url.hpp"
#include "gateway/access/key_set_intake.hpp"

#include <atomic>
#include <memory>
#include <string>

namespace rollcall::gateway {

/// On the housekeeping thread, its end included, but for its construction, `begin` and `hurry`. One of a process asks,
/// whatever the number of threads that need the keys. Redirects are not followed.
class key_set_download : public std::enable_shared_from_this<key_set_download> {
  public:
    /// How long one question may take.
    static constexpr std::chrono::seconds question_wait{10};

    /// When it is asked, if `regular` lies between two questions that are answered. A token that names a key that is
    /// not in the set causes a question, but not within a minute of the last one, whoever made that.
    static constexpr refresh_pace pace(std::chrono::seconds regular) {
        return {
            .regular = regular,
            .longest_retry = std::chrono::seconds{60},
            .smallest_gap = std::chrono::seconds{60},
        };
    }

    /// `sweeper` is the housekeeping thread's; it, and what `intake` refers to, must outlive the download and the run
    /// of the housekeeping context. Throws std::runtime_error where the trusted certificates cannot be read.
    key_set_download(const executor& housekeeping, sweeper& sweeper, const config::issuer_keys& settings,
                     key_set_intake intake);

    /// Asks now, and then until it is destroyed. Once, by its owner, who holds it in a std::shared_ptr.
    void begin();

    /// Asks earlier than planned, as far as the pace allows. Any thread.
    void hurry();

  private:
    key_set_download(const executor& housekeeping, sweeper& sweeper, const config::key_set_url& url,
                     const config::issuer_keys& settings, key_set_intake intake);

    void ask();
    void await_address();
    void answered(result<adapters::incoming> answer);
    [[nodiscard]] bool take(result<adapters::incoming> answer);
    void ask_at(steady_clock::time_point moment);

    steady_timer timer_;
    key_set_intake intake_;
    refresh_schedule schedule_;
    std::string target_;
    adapters::outgoing request_;
    adapters::addresses addresses_;
    std::unique_ptr<adapters::tls_context> tls_;  ///< null: plain HTTP
    adapters::transport transport_;
    bool asking_ = false;
    deadline address_until_{};
    std::atomic<bool> hurried_ = false;
};

}  // namespace rollcall::gateway
