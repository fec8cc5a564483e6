// Where a request comes from: the address of its connection, or what trusted proxies say of it in Forwarded (RFC 7239)
// or X-Forwarded-For. What follows from an address is gateway/limits.
#pragma once

#include "config/network.hpp"
#include "gateway/http/message.hpp"

#include <boost/asio/ip/address.hpp>

#include <span>
#include <string>
#include <vector>

namespace rollcall::gateway {

/// IPv4 that came as IPv6 (`::ffff:192.0.2.1`, RFC 4291, section 2.5.5.2) as IPv4, and without a scope.
[[nodiscard]] boost::asio::ip::address plain_address(const boost::asio::ip::address& address);

/// The networks of the proxies whose word counts. Immutable.
class trusted_proxies {
  public:
    /// What is no network is left out; the configuration holds none.
    explicit trusted_proxies(const std::vector<std::string>& networks);

    /// `address` as plain_address gives it.
    [[nodiscard]] bool trusts(const boost::asio::ip::address& address) const;

    /// The address that a request comes from whose connection is `peer`'s, a plain one. From a peer that is not trusted
    /// that is the peer. Otherwise the hops that the headers name are gone through from the last, which is the peer's
    /// word, to the first, up to one that is not trusted. A hop that is no address (`unknown`, `_hidden`, nonsense)
    /// ends the search at the hop that named it, and so do more than `most_hops`. Where both headers are there and
    /// disagree neither counts: a proxy that writes one of them may pass on the other as a client made it up.
    /// Takes time in proportion to the headers.
    [[nodiscard]] boost::asio::ip::address origin_of(std::span<const header_field> fields,
                                                     const boost::asio::ip::address& peer) const;

    static constexpr std::size_t most_hops = 64;

  private:
    std::vector<config::network> networks_;
};

}  // namespace rollcall::gateway
