// Where a request comes from: what a client makes up before a trusted proxy's own word changes nothing of it, and
// whoever is not trusted is not believed. An input is a value of Forwarded and the values of X-Forwarded-For, a line
// each.
#include "gateway/http/client_address.hpp"

#include "tests/fuzz/input.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace {

using namespace rollcall::gateway;
using rollcall::fuzz::check;
namespace ip = boost::asio::ip;
using lines = std::vector<std::pair<std::string_view, std::string_view>>;

const ip::address proxy = ip::make_address("10.0.0.1");
const ip::address other_proxy = ip::make_address("10.1.1.1");
const ip::address stranger = ip::make_address("203.0.113.9");
const ip::address visitor = ip::make_address("192.0.2.1");
const ip::address visitor_v6 = ip::make_address("2001:db8::1");

const trusted_proxies& proxies() {
    static const trusted_proxies proxies{{"10.0.0.0/8", "fd00::/8"}};
    return proxies;
}

ip::address origin(const lines& headers, const ip::address& peer = proxy) {
    std::vector<header_field> fields;
    for (const auto& [name, value] : headers)
        fields.push_back({name, value});
    return proxies().origin_of(fields, peer);
}

ip::address forwarded(std::string_view value) {
    return origin({{"Forwarded", value}});
}

ip::address listed(std::string_view value) {
    return origin({{"X-Forwarded-For", value}});
}

std::string upper(std::string_view text) {
    std::string result{text};
    for (char& byte : result) {
        if (byte >= 'a' && byte <= 'z') byte = static_cast<char>(byte - 'a' + 'A');
    }
    return result;
}

void check_address(const ip::address& found) {
    check(plain_address(found) == found, "an address is a plain one");
    const std::string text = found.to_string();
    const std::string node = found.is_v6() ? '[' + text + ']' : text;
    check(listed(node) == found && listed(text) == found, "an address that is told again is the same");
    check(forwarded("for=\"" + node + "\"") == found && forwarded("for=\"" + node + ":1\"") == found,
          "an address that is told in quotation marks, or with its port, is the same");
}

/// One header, by whose `read` the address is found; `said` makes an address an element of its list.
template<class Read, class Said>
void try_list(std::string_view value, const Read& read, const Said& said) {
    const ip::address found = read(value);
    check_address(found);
    check(read(upper(value)) == found, "the case of letters means nothing");
    const std::string made_up{value};
    check(read(made_up + ", " + said(visitor)) == visitor, "what was made up before a proxy's word changes it");
    check(read(made_up + "," + said(visitor_v6) + " , " + said(other_proxy)) == visitor_v6,
          "what was made up before two proxies' words changes them");
    const auto hops = static_cast<std::size_t>(std::ranges::count(value, ',')) + 1;
    if (hops >= trusted_proxies::most_hops) return;
    const ip::address behind = read(made_up + ", " + said(other_proxy));
    check(behind == found || (found == proxy && behind == other_proxy), "one more proxy hides nobody");
}

void try_both(const lines& headers, std::string_view forwarded_value) {
    const ip::address found = origin(headers);
    const ip::address first = forwarded(forwarded_value);
    lines others{headers.begin() + 1, headers.end()};
    const ip::address second = origin(others);
    check(found == (first == second ? first : proxy), "headers that disagree are not believed");
    check(origin(headers, stranger) == stranger, "who is not trusted is not believed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const std::string_view first = input.line();
    lines headers{{"Forwarded", first}};
    do {
        headers.emplace_back("X-Forwarded-For", input.line());
    } while (!input.empty());

    const auto node = [](const ip::address& address) { return address.to_string(); };
    const auto element = [](const ip::address& address) {
        return address.is_v4() ? "for=" + address.to_string() : "for=\"[" + address.to_string() + "]:4711\";proto=http";
    };
    try_list(first, forwarded, element);
    try_list(headers.back().second, listed, node);
    try_both(headers, first);
    return 0;
}
