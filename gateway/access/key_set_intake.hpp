// What a source of an issuer's keys does with what it got: reading it, handing it to the threads, and telling of it.
#pragma once

#include "gateway/access/held_key_set.hpp"
#include "gateway/telemetry/access_log.hpp"
#include "gateway/telemetry/metrics.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// On the thread of its source.
class key_set_intake {
  public:
    using clock = std::function<system_clock::time_point()>;

    /// `issuer` is its configured name. `metrics` and `log` must outlive it.
    key_set_intake(std::string issuer, std::shared_ptr<held_key_set> held, clock clock, metrics& metrics,
                   access_log& log);

    [[nodiscard]] const std::string& issuer() const { return issuer_; }
    [[nodiscard]] const std::shared_ptr<held_key_set>& held() const { return held_; }

    /// The source gave this. False: it is no key set that can be used, and the former one stays.
    bool take(const key_set::reading& read);

    /// It gave nothing, for this reason.
    void failed(std::string_view why);

  private:
    std::string issuer_;
    std::shared_ptr<held_key_set> held_;
    clock clock_;
    metrics& metrics_;
    access_log& log_;
};

}  // namespace rollcall::gateway
