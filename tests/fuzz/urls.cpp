// Base URLs and links to the next page: what is accepted can be written back, and no link leaves its origin.
// An input is a base URL and a Link header, a line each.
#include "adapters/paging/link.hpp"
#include "adapters/transport/transport.hpp"
#include "config/base_url.hpp"
#include "tests/fuzz/input.hpp"

#include <algorithm>
#include <charconv>

namespace {

using namespace rollcall::adapters;
using rollcall::config::base_url;
using rollcall::config::parse_base_url;
using rollcall::fuzz::check;

origin origin_of(const base_url& url) {
    origin origin;
    origin.tls = url.tls;
    origin.host = url.host;
    origin.port = url.port;
    return origin;
}

bool is_visible(std::string_view text) {
    return std::ranges::all_of(text, [](char byte) { return byte > ' ' && byte <= '~'; });
}

void check_base_url(const base_url& url) {
    check(!url.host.empty() && is_visible(url.host), "a base URL has a host");
    check(url.host.find_first_of("@/?#[]% ") == std::string::npos, "a host is nothing but a host");
    unsigned port = 0;
    const auto [end, error] = std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
    check(error == std::errc{} && *end == '\0' && port >= 1 && port <= 65'535, "a port is within its range");
    const std::string& prefix = url.path_prefix;
    check(is_visible(prefix) && (prefix.empty() || prefix.front() == '/') && !prefix.ends_with('/'),
          "a prefix is a path without a slash at its end");

    const auto again = parse_base_url(origin_of(url).to_string() + prefix);
    check(again && again->tls == url.tls && again->host == url.host && again->port == url.port &&
              again->path_prefix == prefix,
          "a base URL that is written back is the same");
}

void check_target(const std::string& target) {
    check(target.starts_with('/') && is_visible(target), "a link comes to a path");
    check(target.find('#') == std::string::npos, "a fragment is not sent");
}

void try_link(const std::string& origin, std::string_view header) {
    const auto link = next_link(header);
    if (!link) return;
    check(header.find(*link) != std::string_view::npos, "a link is a part of its header");
    check(link->data() >= header.data() && link->data() + link->size() <= header.data() + header.size(),
          "a link is a view of its header");
    const auto target = same_origin_target(origin, "/agents?limit=5", *link);
    if (!target) return;
    check_target(*target);
    // The walk goes on from there, and has to be able to come back.
    const auto back = same_origin_target(origin, *target, "/agents");
    check(back && *back == "/agents", "from where a link leads the list's own address can be reached");
    // Through another origin no link may lead here.
    const auto foreign = same_origin_target("https://elsewhere.example:1", "/agents", origin + *target);
    check(!foreign, "a link to another origin is refused");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const std::string_view base = input.line();
    const std::string_view header = input.rest();
    std::string own_origin = "https://api.example";
    if (const auto url = parse_base_url(base)) {
        check_base_url(*url);
        own_origin = origin_of(*url).to_string();
        if (url->host == "elsewhere.example") return 0;
    }
    try_link(own_origin, header);
    if (const auto target = same_origin_target(own_origin, "/agents", header)) check_target(*target);
    return 0;
}
