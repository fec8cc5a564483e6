// Knowing clients by the certificates that they have shown in their connection's handshake. Whether a certificate is
// good is decided there, by gateway/http/tls_context.
#pragma once

#include "config/certificate_name.hpp"
#include "gateway/access/authenticator.hpp"

#include <map>
#include <string>

namespace rollcall::gateway {

/// Whose each name is. Finding one copies nothing.
using certificate_owners = std::map<std::string, const client*, config::certificate_name_order>;

class certificate_authenticator final : public authenticator {
  public:
    /// `owners` and the clients in it must outlive it and what is found.
    explicit certificate_authenticator(const certificate_owners& owners) : owners_(owners) {}

    /// A certificate is a client's that has one of its subject alternative names. Where its names are of several
    /// clients it is nobody's. The identity's `key` is the first of the names, as it is configured.
    [[nodiscard]] std::variant<identity, unauthenticated> authenticate(const request& request,
                                                                       system_clock::time_point now) const override;

  private:
    const certificate_owners& owners_;
};

}  // namespace rollcall::gateway
