// Knowing clients by tokens that an issuer has signed, sent as `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
#pragma once

#include "gateway/access/authenticator.hpp"
#include "gateway/access/token_cache.hpp"
#include "gateway/access/token_issuer.hpp"
#include "normalizers/read.hpp"

#include <memory>
#include <string_view>
#include <variant>
#include <vector>

namespace rollcall::gateway {

/// Of one thread: it keeps the tokens that it has verified.
class token_authenticator final : public authenticator {
  public:
    /// The issuers, and the clients that their subjects are, must outlive it and what is found.
    explicit token_authenticator(const std::vector<token_issuer>& issuers);

    /// A token is good that is signed by a key of its issuer's, by that key's algorithm (RFC 8725, section 3.1), is for
    /// one of the configured audiences, has begun and not ended, and names a client. The identity's `key` is the
    /// configured name of that client's token. One that was good is verified again when the issuer's keys have changed.
    [[nodiscard]] std::variant<identity, unauthenticated> authenticate(const request& request,
                                                                       system_clock::time_point now) const override;

  private:
    /// The keys as this thread last read them.
    struct seen_keys {
        std::uint64_t version = 0;
        std::shared_ptr<const key_set> keys;
    };
    using verification = std::variant<verified_token, unauthenticated>;

    [[nodiscard]] verification verify(std::string_view text, system_clock::time_point now) const;
    [[nodiscard]] std::variant<std::size_t, unauthenticated> issuer_of(const json_object& claims) const;
    [[nodiscard]] const seen_keys& keys_of(std::size_t issuer) const;
    [[nodiscard]] bool is_signed(const json_web_token& token, std::size_t issuer, unauthenticated& why) const;

    const std::vector<token_issuer>& issuers_;
    // An authenticator does not change; what it keeps changes no answer.
    mutable normalizers::reader reader_;
    mutable token_cache cache_;
    mutable std::vector<seen_keys> seen_;  ///< of the issuer at the same place
};

}  // namespace rollcall::gateway
