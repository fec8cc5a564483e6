// Networks as people write them: 10.0.0.0/8, fd00::/8, or a single address. Whether an address is in one is
// gateway/http/client_address.
#pragma once

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace rollcall::config {

using network = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;

/// A single address is the network of it alone. Empty where it is none, or says less than it seems to, which `problem`
/// tells: bits behind its length, or IPv4 within IPv6.
[[nodiscard]] std::optional<network> parse_network(std::string_view text, std::string& problem);

}  // namespace rollcall::config
