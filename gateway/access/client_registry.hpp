// The clients of one reading of the configuration, with what they are known by. What one of them is refused is gate's
// matter.
#pragma once

#include "config/settings.hpp"
#include "gateway/access/certificate_authenticator.hpp"
#include "gateway/access/client.hpp"
#include "gateway/access/key_ring.hpp"

#include <functional>
#include <string>
#include <vector>

namespace rollcall::gateway {

/// Immutable, shared by all threads.
class client_registry {
  public:
    /// What counts the requests of the client of that name; see client::requests.
    using counter_of = std::function<client_metrics*(const std::string& name)>;

    client_registry(const config::settings& settings, const counter_of& counter);
    client_registry(const client_registry&) = delete;
    client_registry& operator=(const client_registry&) = delete;

    [[nodiscard]] const std::vector<client>& clients() const { return clients_; }
    [[nodiscard]] const key_ring& keys() const { return keys_; }
    [[nodiscard]] const certificate_owners& certificates() const { return certificates_; }

  private:
    std::vector<client> clients_;      ///< in the configured order
    key_ring keys_;                    ///< points into the clients
    certificate_owners certificates_;  ///< likewise
};

}  // namespace rollcall::gateway
