// The clients of one reading of the configuration, with what they are known by. What one of them is refused is gate's
// matter.
#pragma once

#include "config/settings.hpp"
#include "gateway/access/certificate_authenticator.hpp"
#include "gateway/access/client.hpp"
#include "gateway/access/key_ring.hpp"
#include "gateway/access/token_issuer.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rollcall::gateway {

/// Immutable, shared by all threads.
class client_registry {
  public:
    /// What counts the requests of the client of that name; see client::requests.
    using counter_of = std::function<client_metrics*(const std::string& name)>;

    /// What limits that client; see client::limiter.
    using limiter_of = std::function<std::shared_ptr<client_limiter>(const config::client& settings)>;

    /// The keys of the configured issuers, one by one.
    using key_sets = std::vector<std::shared_ptr<const held_key_set>>;

    client_registry(const config::settings& settings, const counter_of& counter, const limiter_of& limiter,
                    const key_sets& key_sets = {});
    client_registry(const client_registry&) = delete;
    client_registry& operator=(const client_registry&) = delete;

    [[nodiscard]] const std::vector<client>& clients() const { return clients_; }
    [[nodiscard]] const key_ring& keys() const { return keys_; }
    [[nodiscard]] const certificate_owners& certificates() const { return certificates_; }
    [[nodiscard]] const std::vector<token_issuer>& issuers() const { return issuers_; }

  private:
    std::vector<client> clients_;        ///< in the configured order
    key_ring keys_;                      ///< points into the clients
    certificate_owners certificates_;    ///< likewise
    std::vector<token_issuer> issuers_;  ///< likewise, in the configured order
};

}  // namespace rollcall::gateway
