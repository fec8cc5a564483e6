// The door of the public API: whose a request is, whether they may make it, and what they are told where not.
#pragma once

#include "gateway/access/authenticator.hpp"
#include "gateway/access/certificate_authenticator.hpp"
#include "gateway/access/client_registry.hpp"
#include "gateway/access/key_authenticator.hpp"
#include "gateway/http/gatekeeper.hpp"
#include "gateway/telemetry/audit.hpp"

#include <functional>
#include <memory>
#include <variant>

namespace rollcall::gateway {

/// A key that a request shows must be good, and says whose the request is, whatever certificate came with it: the
/// certificate may be that of a proxy which many clients share. The certificate counts where no key is shown.
class gate final : public gatekeeper {
  public:
    using clock = std::function<system_clock::time_point()>;
    using refusal_counter = std::function<void(unauthenticated)>;

    /// `clock` says when keys expire, `on_refused` is called for each request without a client. `audit` must outlive
    /// it.
    gate(std::shared_ptr<const client_registry> clients, clock clock, refusal_counter on_refused, audit_log& audit)
        : clients_(std::move(clients)),
          keys_(clients_->keys()),
          certificates_(clients_->certificates()),
          clock_(std::move(clock)),
          on_refused_(std::move(on_refused)),
          audit_(audit) {}

    /// Of refused writes those of known clients are written down: anybody can cause the others, as many as they like.
    [[nodiscard]] bool admit(request& request, response& response) const override;
    [[nodiscard]] bool would_admit(const request& request) const override;

  private:
    [[nodiscard]] std::variant<identity, unauthenticated> authenticate(const request& request) const;
    void audit_refusal(const request& request, const response& response, std::string_view code) const;

    std::shared_ptr<const client_registry> clients_;
    key_authenticator keys_;
    certificate_authenticator certificates_;
    clock clock_;
    refusal_counter on_refused_;
    audit_log& audit_;
};

}  // namespace rollcall::gateway
