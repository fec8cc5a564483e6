// Reading the hops of a request, always from the last: what stands before a trusted proxy's own entry may be made up,
// an open quotation mark included, and must not change how that entry is read.
#include "gateway/http/client_address.hpp"

#include "gateway/http/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace rollcall::gateway {
namespace {

namespace ip = boost::asio::ip;

/// A list (RFC 9110, section 5.6.1) or the pairs of one element, taken apart at its separators from the end.
/// Separators within quoted strings do not count.
class reversed_parts {
  public:
    reversed_parts(std::string_view text, char separator) : rest_(text), separator_(separator) {}

    /// The next one, without the white space around it; false where there is none.
    bool next(std::string_view& part) {
        if (done_) return false;
        std::size_t at = rest_.size();
        while (at > 0 && rest_[at - 1] != separator_) {
            --at;
            if (rest_[at] == '"') at = opening_quote(at);
        }
        part = trimmed(rest_.substr(at));
        done_ = at == 0;
        rest_ = rest_.substr(0, done_ ? 0 : at - 1);
        return true;
    }

  private:
    /// Where the quoted string begins that ends at `closing`; the text's beginning where it has no beginning.
    [[nodiscard]] std::size_t opening_quote(std::size_t closing) const {
        for (std::size_t at = closing; at > 0;) {
            --at;
            if (rest_[at] != '"') continue;
            // A quotation mark behind an odd number of backslashes is part of the string (RFC 9110, section 5.6.4).
            std::size_t first = at;
            while (first > 0 && rest_[first - 1] == '\\')
                --first;
            if ((at - first) % 2 == 0) return at;
            at = first;
        }
        return 0;
    }

    std::string_view rest_;
    char separator_;
    bool done_ = false;
};

/// `1` to `65535`, or an obfuscated one (RFC 7239, section 6.2).
bool is_port(std::string_view text) {
    constexpr std::size_t longest = 5;
    const auto obfuscated = [](char byte) {
        return is_digit(byte) || (lower(byte) >= 'a' && lower(byte) <= 'z') || byte == '.' || byte == '_' ||
               byte == '-';
    };
    if (text.starts_with('_')) return text.size() > 1 && std::ranges::all_of(text, obfuscated);
    return !text.empty() && text.size() <= longest && std::ranges::all_of(text, is_digit);
}

std::optional<ip::address> address_of(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> terminated{};
    if (text.size() >= terminated.size() || text.find('%') != std::string_view::npos) return std::nullopt;
    text.copy(terminated.data(), text.size());
    boost::system::error_code error;
    const auto address = ip::make_address(terminated.data(), error);
    if (error) return std::nullopt;
    return plain_address(address);
}

/// `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`, the first and the last with or without a port (RFC 7239, section 6).
/// Empty: something else, or nobody wants to tell.
std::optional<ip::address> address_of_node(std::string_view node) {
    if (node.starts_with('[')) {
        const auto end = node.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        const auto port = node.substr(end + 1);
        if (!port.empty() && (port.front() != ':' || !is_port(port.substr(1)))) return std::nullopt;
        const auto address = address_of(node.substr(1, end - 1));
        return address && node.substr(1, end - 1).find(':') != std::string_view::npos ? address : std::nullopt;
    }
    const auto colon = node.find(':');
    const bool has_port = colon != std::string_view::npos && node.find(':', colon + 1) == std::string_view::npos;
    if (!has_port) return address_of(node);
    return is_port(node.substr(colon + 1)) ? address_of(node.substr(0, colon)) : std::nullopt;
}

/// A value without the quotation marks around it. An address needs no backslash, so that one with any is none.
std::optional<std::string_view> unquoted(std::string_view value) {
    if (!value.starts_with('"')) {
        return value.find('"') == std::string_view::npos ? std::optional{value} : std::nullopt;
    }
    if (value.size() < 2 || !value.ends_with('"')) return std::nullopt;
    return value.substr(1, value.size() - 2);
}

/// The `for` of one element of Forwarded.
std::optional<ip::address> address_of_element(std::string_view element) {
    std::optional<std::string_view> node;
    reversed_parts pairs(element, ';');
    for (std::string_view pair; pairs.next(pair);) {
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || equals == 0 || !all(text_class::token, pair.substr(0, equals)))
            return std::nullopt;
        const auto value = unquoted(pair.substr(equals + 1));
        if (!value) return std::nullopt;
        if (!equals_ignoring_case(pair.substr(0, equals), "for")) continue;
        if (node) return std::nullopt;
        node = value;
    }
    return node ? address_of_node(*node) : std::nullopt;
}

using reading = std::optional<ip::address> (*)(std::string_view element);

struct found_origin {
    bool named = false;  ///< the header is there
    ip::address address;
};

/// What the header of that name says; several lines of it are one list (RFC 9110, section 5.3).
found_origin origin_in(std::span<const header_field> fields, std::string_view name, reading read,
                       const trusted_proxies& proxies, const ip::address& peer) {
    found_origin found{false, peer};
    std::size_t hops = 0;
    for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
        if (!equals_ignoring_case(field->name, name)) continue;
        found.named = true;
        reversed_parts elements(field->value, ',');
        for (std::string_view element; elements.next(element);) {
            if (element.empty()) continue;
            const auto hop = hops++ < trusted_proxies::most_hops ? read(element) : std::nullopt;
            if (!hop) return found;
            found.address = *hop;
            if (!proxies.trusts(*hop)) return found;
        }
    }
    return found;
}

}  // namespace

ip::address plain_address(const ip::address& address) {
    if (address.is_v4()) return address;
    ip::address_v6 v6 = address.to_v6();
    if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6);
    v6.scope_id(0);
    return v6;
}

trusted_proxies::trusted_proxies(const std::vector<std::string>& networks) {
    for (const std::string& text : networks) {
        std::string problem;
        if (const auto network = config::parse_network(text, problem)) networks_.push_back(*network);
    }
}

bool trusted_proxies::trusts(const ip::address& address) const {
    return std::ranges::any_of(networks_, [&](const config::network& network) {
        if (const auto* v4 = std::get_if<ip::network_v4>(&network)) {
            return address.is_v4() && ip::network_v4{address.to_v4(), v4->prefix_length()}.network() == v4->address();
        }
        const auto& v6 = std::get<ip::network_v6>(network);
        return address.is_v6() && ip::network_v6{address.to_v6(), v6.prefix_length()}.network() == v6.address();
    });
}

ip::address trusted_proxies::origin_of(std::span<const header_field> fields, const ip::address& peer) const {
    if (!trusts(peer)) return peer;
    const auto forwarded = origin_in(fields, "forwarded", address_of_element, *this, peer);
    const auto listed = origin_in(fields, "x-forwarded-for", address_of_node, *this, peer);
    if (forwarded.named && listed.named) return forwarded.address == listed.address ? listed.address : peer;
    return forwarded.named ? forwarded.address : listed.address;
}

}  // namespace rollcall::gateway
