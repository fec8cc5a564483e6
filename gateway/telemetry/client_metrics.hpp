// The metrics of one client's requests. The registry that holds them is metrics.
#pragma once

#include "gateway/limits/client_limiter.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>

#include <algorithm>
#include <array>
#include <string>

namespace rollcall::gateway {

/// Holds its counters, so that a request looks none up. Thread-safe.
class client_metrics {
  public:
    client_metrics(prometheus::Family<prometheus::Counter>& requests, prometheus::Family<prometheus::Counter>& limited,
                   const std::string& client) {
        for (std::size_t i = 0; i < counters_.size(); ++i)
            counters_[i] = &requests.Add({{"client", client}, {"status", std::to_string(lowest_class + i) + "xx"}});
        for (std::size_t i = 0; i < limited_.size(); ++i)
            limited_[i] = &limited.Add({{"client", client}, {"limit", std::string(client_excess_names[i])}});
    }

    void answered(unsigned status) {
        const std::size_t status_class = std::clamp<std::size_t>(status / 100, lowest_class, highest_class);
        counters_[status_class - lowest_class]->Increment();
    }

    void limited(client_excess excess) { limited_[static_cast<std::size_t>(excess)]->Increment(); }

  private:
    static constexpr std::size_t lowest_class = 2;
    static constexpr std::size_t highest_class = 5;

    std::array<prometheus::Counter*, highest_class - lowest_class + 1> counters_{};
    std::array<prometheus::Counter*, std::size(client_excess_names)> limited_{};
};

}  // namespace rollcall::gateway
