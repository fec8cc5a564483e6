// Reading networks.
#include "config/network.hpp"

#include <fmt/format.h>

namespace rollcall::config {
namespace {

namespace ip = boost::asio::ip;

/// `text` without `/` is as one with the longest length.
std::string with_length(std::string_view text) {
    if (text.find('/') != std::string_view::npos) return std::string{text};
    const bool v6 = text.find(':') != std::string_view::npos;
    return fmt::format("{}/{}", text, v6 ? 128 : 32);
}

}  // namespace

std::optional<network> parse_network(std::string_view text, std::string& problem) {
    const std::string whole = with_length(text);
    boost::system::error_code no_v4;
    const auto v4 = ip::make_network_v4(whole, no_v4);
    if (!no_v4) {
        if (v4.address() == v4.network()) return network{v4};
        problem = fmt::format("has bits behind its length; the network is {}", v4.canonical().to_string());
        return std::nullopt;
    }
    boost::system::error_code no_v6;
    const auto v6 = ip::make_network_v6(whole, no_v6);
    if (no_v6 || v6.address().scope_id() != 0) {
        problem = "is no network such as 10.0.0.0/8 or \"fd00::/8\", and no address";
        return std::nullopt;
    }
    if (v6.address().is_v4_mapped()) {
        problem = "is IPv4 within IPv6; write it as IPv4";
        return std::nullopt;
    }
    if (v6.address() == v6.network()) return network{v6};
    problem = fmt::format("has bits behind its length; the network is {}", v6.canonical().to_string());
    return std::nullopt;
}

}  // namespace rollcall::config
