// A simulated provider: a dialect, the fault that it shows, and the memory of what it was asked.
#pragma once

#include "tests/simulator/dialect.hpp"
#include "tests/simulator/faults.hpp"
#include "tests/simulator/service.hpp"

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <string>

namespace rollcall::simulator {

class provider final : public service {
  public:
    explicit provider(std::unique_ptr<dialect> dialect) : dialect_(std::move(dialect)) {}

    void connected() override;
    delivery receive(request request) override;

    void set_fault(fault fault);
    void clear_fault();
    /// {"count", "connections", "requests": the last ones}
    std::string requests() const;
    void forget_requests();
    std::string agents() const;

  private:
    delivery respond(const request& request);
    delivery misbehave(const request& request, const fault& fault);

    mutable std::mutex mutex_;
    std::unique_ptr<dialect> dialect_;
    fault_switch faults_;
    std::size_t count_ = 0;
    std::size_t connections_ = 0;
    std::deque<request> requests_;
};

}  // namespace rollcall::simulator
