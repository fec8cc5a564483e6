// What Rollcall counts of itself, for Prometheus. Every label value comes from the program or the configuration.
#pragma once

#include "adapters/observer.hpp"
#include "gateway/access/authenticator.hpp"
#include "gateway/http/listener.hpp"
#include "store/observer.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// The values that labels may have.
struct metrics_labels {
    std::vector<std::string> routes;         ///< path templates; a request of no route counts as `none`
    std::vector<std::string> schema_fields;  ///< top-level names of the shape; others count as `other`
    std::string version;                     ///< of this build
};

/// What a scrape asks about one provider, on the scrape's thread; where a function gives nothing, nothing is told.
struct upstream_reading {
    std::string provider;                      ///< the configured name
    std::optional<std::uint64_t> quota_limit;  ///< calls; empty: none is configured
    std::function<std::optional<std::uint64_t>()> quota_left;
    std::function<std::optional<adapters::breaker_state>()> breaker;
    std::function<std::optional<unsigned>()> second_attempts_left;
};

/// What a scrape asks about an issuer's key set, on the scrape's thread.
struct key_set_reading {
    std::string issuer;                                        ///< the configured name
    std::function<std::optional<std::chrono::seconds>()> age;  ///< empty: there are no keys yet
};

class client_metrics;
class access_log;

/// Thread-safe. On a request's path only counters that are held already are touched.
class metrics final : public request_observer {
  public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    explicit metrics(const metrics_labels& labels);
    ~metrics() override;
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    /// What the adapters of the provider of that name report to; the same at each call. Lives as long as the metrics.
    [[nodiscard]] adapters::upstream_observer& upstream(const std::string& provider);

    /// From now on scrapes ask these and no others, and tell these limits.
    void watch(std::vector<upstream_reading> readings, const config::limits& limits);

    /// From now on scrapes tell as the count of the log's lost lines what this gives, on the scrape's thread.
    void watch_log(std::function<std::uint64_t()> lines_lost);

    void loaded(system_clock::time_point now);    ///< a configuration took effect, at the start or by a reload
    void reloaded(system_clock::time_point now);  ///< …by a reload
    void reload_failed();                         ///< and changed nothing

    /// The public listener's certificate, and when it expires; empty: it has none.
    void certificate_expires(std::optional<system_clock::time_point> at);
    void tls_reloaded(bool done);  ///< its files have changed, and are used now or are not fit

    /// What counts the requests of the client of that name; the same at each call. Lives as long as the metrics.
    [[nodiscard]] client_metrics& client(const std::string& name);

    void unauthenticated(gateway::unauthenticated why);  ///< a request was refused because nobody knows whose it is

    void address_limited();  ///< a request was refused because too many have come from its address

    /// From now on scrapes tell as the number of addresses that are counted what this gives, on the scrape's thread;
    /// empty: none are, and nothing is told.
    void watch_addresses(std::function<std::optional<std::uint64_t>()> count);

    /// From now on scrapes ask these and no others.
    void watch_key_sets(std::vector<key_set_reading> readings);
    void key_set_refreshed(const std::string& issuer, bool done);  ///< its source gave its keys, or could not

    /// What the connections to the store report to, of which there are so many; asked for once. It is not told of
    /// before. Lives as long as the metrics; `log` must outlive it.
    [[nodiscard]] store::observer& store(access_log& log, std::size_t connections);

    void partial_answer();  ///< an answer went out that lacks a provider's part

    /// Everything in the text format 0.0.4.
    [[nodiscard]] std::string scrape() const;

    void connection_opened() override;
    void connection_closed() override;
    void tls_handshake(tls_outcome outcome, std::string_view why) override;
    void overloaded(client_limit reached) override;
    void request_started() override;
    void request_waits(bool waits) override;
    void request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                          steady_clock::duration took) override;
    void change_unmade(const request&, unsigned, std::string_view) override {}
    void failed(std::string_view request_id, std::string_view what) override;

  private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace rollcall::gateway
