// What Rollcall counts of itself, for Prometheus. Every label value comes from a list that is fixed at the start.
#pragma once

#include "adapters/observer.hpp"
#include "gateway/http/listener.hpp"

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
    std::vector<std::string> providers;      ///< configured names
    std::vector<std::string> routes;         ///< path templates; a request of no route counts as `none`
    std::vector<std::string> schema_fields;  ///< top-level names of the shape; others count as `other`
    std::string version;                     ///< of this build
};

/// Thread-safe. On a request's path only counters that are held already are touched.
class metrics final : public request_observer {
  public:
    static constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

    explicit metrics(const metrics_labels& labels);
    ~metrics() override;
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    /// What the adapters of one provider report to; `provider` is its index in the labels. Lives as long as the
    /// metrics.
    [[nodiscard]] adapters::upstream_observer& upstream(std::size_t provider);

    /// How many calls a provider may still be sent; empty: that is not known.
    using quota_reading = std::function<std::optional<std::uint64_t>()>;
    /// From now on a scrape asks `left` of the provider with that index, on the scrape's thread. Not thread-safe: to be
    /// called before the first scrape.
    void watch_quota(std::size_t provider, quota_reading left);

    void partial_answer();  ///< an answer went out that lacks a provider's part

    /// Everything in the text format 0.0.4.
    [[nodiscard]] std::string scrape() const;

    void connection_opened() override;
    void connection_closed() override;
    void request_started() override;
    void request_finished(const request& request, std::string_view route, unsigned status, std::size_t bytes,
                          steady_clock::duration took) override;
    void failed(std::string_view request_id, std::string_view what) override;

  private:
    class implementation;
    std::unique_ptr<implementation> implementation_;
};

}  // namespace rollcall::gateway
