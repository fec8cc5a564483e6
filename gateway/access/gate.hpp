// The door of the public API: whose a request is, whether they may make it, and what they are told where not.
#pragma once

#include "gateway/access/authenticator.hpp"
#include "gateway/access/client_registry.hpp"
#include "gateway/http/gatekeeper.hpp"
#include "gateway/limits/request_limits.hpp"

#include <functional>
#include <memory>
#include <variant>
#include <vector>

namespace rollcall::gateway {

/// A key or token that a request shows must be good, and says whose the request is, whatever certificate came with it:
/// the certificate may be that of a proxy which many clients share. The certificate counts where neither is shown.
/// Of one thread, as are its authenticators.
class gate final : public gatekeeper {
  public:
    using clock = std::function<system_clock::time_point()>;
    using refusal_counter = std::function<void(unauthenticated)>;

    /// `clock` says when keys and tokens expire, `on_refused` is called for each request without a client.
    gate(std::shared_ptr<const client_registry> clients, clock clock, refusal_counter on_refused, address_limits limits)
        : clients_(std::move(clients)),
          authenticators_(authenticators_of(*clients_)),
          clock_(std::move(clock)),
          on_refused_(std::move(on_refused)),
          limits_(std::move(limits)) {}

    [[nodiscard]] bool admit(request& request, response& response) const override;
    [[nodiscard]] bool would_admit(const request& request) const override;

  private:
    using authenticators = std::vector<std::unique_ptr<const authenticator>>;

    static authenticators authenticators_of(const client_registry& clients);
    [[nodiscard]] std::variant<identity, unauthenticated> authenticate(const request& request) const;

    std::shared_ptr<const client_registry> clients_;
    authenticators authenticators_;  ///< in the order in which they are asked: the first that finds something decides
    clock clock_;
    refusal_counter on_refused_;
    address_limits limits_;
};

}  // namespace rollcall::gateway
