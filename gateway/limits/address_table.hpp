// How often each address may ask, in a table that never grows. Which requests it counts is request_limits.
#pragma once

#include "config/settings.hpp"
#include "gateway/limits/token_bucket.hpp"

#include <boost/asio/ip/address.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace rollcall::gateway {

/// A bucket for each address; of IPv6 for each /64, because whoever has one address there has them all. Addresses are
/// spread by a keyed hash over small groups, and all memory is taken at the start. Where a group is full, the entry
/// goes whose bucket is full again, or will be first: so those that ask most stay, however many others come.
/// Thread-safe; each group has one lock.
class address_table {
  public:
    /// `seed` keeps others from finding addresses that fall into one group. There is room for `limits.addresses`,
    /// rounded up to whole groups.
    address_table(const config::unauthenticated_limits& limits, std::uint64_t seed);
    address_table(const address_table&) = delete;
    address_table& operator=(const address_table&) = delete;

    [[nodiscard]] const config::unauthenticated_limits& limits() const { return limits_; }
    [[nodiscard]] const bucket_plan& plan() const { return plan_; }

    /// One request of that address.
    bucket_step take(const boost::asio::ip::address& from, steady_clock::time_point now);
    /// What `take` would find, without counting anything.
    [[nodiscard]] bucket_step look(const boost::asio::ip::address& from, steady_clock::time_point now) const;

    /// How many addresses have a bucket that is not full. It looks at all of them.
    [[nodiscard]] std::size_t size(steady_clock::time_point now) const;
    [[nodiscard]] std::size_t capacity() const { return groups_.size() * group_size; }

  private:
    static constexpr std::size_t group_size = 8;
    static constexpr std::size_t lock_count = 64;

    struct entry {
        std::uint64_t address = 0;
        steady_clock::time_point full_at = always_full;
    };
    using group = std::array<entry, group_size>;

    [[nodiscard]] std::size_t group_of(std::uint64_t address) const;

    config::unauthenticated_limits limits_;
    bucket_plan plan_;
    std::uint64_t seed_;
    std::vector<group> groups_;
    mutable std::array<std::mutex, lock_count> locks_;  ///< group i has the i-th, modulo their number
};

}  // namespace rollcall::gateway
