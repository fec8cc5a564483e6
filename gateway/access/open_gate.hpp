// The door of the public API where access is open, and every address is held to a limit. With clients it is gate.
#pragma once

#include "gateway/http/gatekeeper.hpp"
#include "gateway/limits/request_limits.hpp"

namespace rollcall::gateway {

class open_gate final : public gatekeeper {
  public:
    explicit open_gate(address_limits limits) : limits_(std::move(limits)) {}

    [[nodiscard]] bool admit(request& request, response& response) const override {
        return limits_.admit_anybody(request, response);
    }
    [[nodiscard]] bool would_admit(const request& request) const override { return limits_.has_room(request); }

  private:
    address_limits limits_;
};

}  // namespace rollcall::gateway
