// Finding the bucket of an address, and whose has to go for it.
#include "gateway/limits/address_table.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

/// The /64 of an IPv6 address. IPv4 stands in 0:1::/32, where there are no IPv6 addresses (RFC 4291, section 2.4:
/// 0000::/8 is reserved).
std::uint64_t number_of(const boost::asio::ip::address& address) {
    if (address.is_v4()) return std::uint64_t{1} << 32 | address.to_v4().to_uint();
    const auto bytes = address.to_v6().to_bytes();
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof number; ++i)
        number = number << 8 | bytes[i];
    return number;
}

/// The finalizer of SplitMix64 (Steele, Lea, Flood 2014): each bit of the input changes half of the output's.
std::uint64_t mixed(std::uint64_t number) {
    number = (number ^ number >> 30) * 0xbf58476d1ce4e5b9;
    number = (number ^ number >> 27) * 0x94d049bb133111eb;
    return number ^ number >> 31;
}

}  // namespace

address_table::address_table(const config::unauthenticated_limits& limits, std::uint64_t seed)
    : limits_(limits),
      plan_(limits.rate),
      seed_(seed),
      groups_((std::size_t{limits.addresses} + group_size - 1) / group_size) {}

std::size_t address_table::group_of(std::uint64_t address) const {
    // Mixed twice with the seed between, or two addresses that differ by a known pattern would do so for every seed.
    return mixed(mixed(address ^ seed_) + seed_) % groups_.size();
}

bucket_step address_table::take(const boost::asio::ip::address& from, steady_clock::time_point now) {
    const std::uint64_t address = number_of(from);
    const std::size_t index = group_of(address);
    const std::lock_guard lock{locks_[index % lock_count]};
    group& group = groups_[index];
    auto* held = std::ranges::find(group, address, &entry::address);
    if (held == group.end()) {
        held = std::ranges::min_element(group, {}, &entry::full_at);
        *held = {address, always_full};
    }
    const bucket_step step = take_token(plan_, held->full_at, now);
    held->full_at = step.full_at;
    return step;
}

bucket_step address_table::look(const boost::asio::ip::address& from, steady_clock::time_point now) const {
    const std::uint64_t address = number_of(from);
    const std::size_t index = group_of(address);
    const std::lock_guard lock{locks_[index % lock_count]};
    const group& group = groups_[index];
    const auto* const held = std::ranges::find(group, address, &entry::address);
    return look_at_bucket(plan_, held == group.end() ? always_full : held->full_at, now);
}

std::size_t address_table::size(steady_clock::time_point now) const {
    std::size_t count = 0;
    for (std::size_t index = 0; index < groups_.size(); ++index) {
        const std::lock_guard lock{locks_[index % lock_count]};
        count += static_cast<std::size_t>(
            std::ranges::count_if(groups_[index], [&](const entry& held) { return held.full_at > now; }));
    }
    return count;
}

}  // namespace rollcall::gateway
