// Reading and checking limits.
#include "config/load_limits.hpp"

#include "config/network.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rollcall::config {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t most_requests = 1'000'000;
constexpr std::uint32_t most_concurrent = 100'000;
constexpr std::uint32_t fewest_addresses = 100;
constexpr std::uint32_t most_addresses = 1'000'000;
constexpr std::chrono::seconds longest_refill = 24h * 365;

/// What `requests`, `per` and `burst` make of `rate`. `place` is the map that they stand in.
void read_rate(const yaml::value& place, const yaml::members_of_map& keys, request_rate& rate) {
    if (keys["requests"].whole<std::uint32_t>(rate.requests, 1, most_requests)) rate.burst = rate.requests;
    keys["per"].duration<std::chrono::seconds>(rate.per, 1s, 24h);
    keys["burst"].whole<std::uint32_t>(rate.burst, 1, most_requests);
    const auto refill = rate.per * std::uint64_t{rate.burst};
    if (refill / rate.requests > longest_refill)
        (keys["burst"] ? keys["burst"] : place).fault("would take more than 365 days to come back");
}

}  // namespace

std::optional<client_limits> read_client_limits(const yaml::value& value) {
    if (value.absent()) return std::nullopt;
    client_limits limits;
    const auto keys = value.keys({"requests", "per", "burst", "concurrent"});
    if (keys["requests"]) {
        read_rate(value, keys, limits.rate.emplace());
    } else {
        for (const std::string_view name : {"per", "burst"})
            keys[name].fault("needs requests beside it");
    }
    if (keys["concurrent"]) keys["concurrent"].whole<std::uint32_t>(limits.concurrent.emplace(1), 1, most_concurrent);
    const bool is_map = value.kind() == yaml::node::kind::map;
    if (is_map && value.empty()) value.fault("must hold requests, concurrent or both");
    return limits;
}

unauthenticated_limits read_unauthenticated_limits(const yaml::value& value) {
    unauthenticated_limits limits;
    if (value.absent()) return limits;
    const auto keys = value.keys({"requests", "per", "burst", "addresses"});
    read_rate(value, keys, limits.rate);
    keys["addresses"].whole<std::uint32_t>(limits.addresses, fewest_addresses, most_addresses);
    return limits;
}

std::vector<std::string> read_trusted_proxies(const yaml::value& value) {
    std::vector<std::string> networks;
    for (const auto& entry : value.list()) {
        std::string text;
        std::string problem;
        if (!entry.text(text)) continue;
        if (!parse_network(text, problem)) {
            entry.fault(fmt::format("{}, found {}", problem, entry.found()));
        } else if (std::ranges::find(networks, text) != networks.end()) {
            entry.fault("is given twice");
        } else {
            networks.push_back(std::move(text));
        }
    }
    return networks;
}

}  // namespace rollcall::config
