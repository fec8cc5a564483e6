// Knowing clients by their keys, sent as `Authorization: Bearer KEY` (RFC 6750, section 2.1) or `x-api-key: KEY`.
#pragma once

#include "gateway/access/authenticator.hpp"
#include "gateway/access/key_ring.hpp"

namespace rollcall::gateway {

class key_authenticator final : public authenticator {
  public:
    /// The ring must outlive it, and the clients that own its keys outlive what is found. With `leaves_tokens` what may
    /// be a token is none of its business; without, it is a key that is not good.
    key_authenticator(const key_ring& ring, bool leaves_tokens) : ring_(ring), leaves_tokens_(leaves_tokens) {}

    /// A request may show its key in both fields; two that differ are refused without a look at either.
    [[nodiscard]] std::variant<identity, unauthenticated> authenticate(const request& request,
                                                                       system_clock::time_point now) const override;

  private:
    const key_ring& ring_;
    bool leaves_tokens_;
};

}  // namespace rollcall::gateway
