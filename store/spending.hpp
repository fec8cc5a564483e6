// What the replicas spend of limits that each counts by itself: they tell each other ten times a second, off the way of
// any request. What a limit is, and what is done about the others' part, is up to the caller.
#pragma once

#include "store/redis_store.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace rollcall::store {

/// One limit that replicas have in common.
struct purse {
    std::string name;                           ///< the same in all replicas
    std::function<std::uint64_t()> take_spent;  ///< here, since the last call
    std::function<void(std::uint64_t)> spent_elsewhere;
};

/// Lives on its executor's thread. What is spent while Redis is away, or while a replica is not connected, is not told
/// afterwards: by then it says nothing of how much is asked for now.
class spending {
  public:
    static constexpr std::chrono::milliseconds interval{100};

    /// `purses` gives those that count now, each name once. Everything must outlive it.
    spending(const executor& executor, sweeper& sweeper, const place& place,
             std::function<std::vector<purse>()> purses);

    void close();

  private:
    void tell_later();
    void tell();
    void tell(std::vector<purse> some);
    void told(const std::vector<purse>& some, const std::vector<std::uint64_t>& own, const reply& sums);

    const place& place_;
    std::function<std::vector<purse>()> purses_;
    script spend_{"spend"};
    std::map<std::string, std::int64_t> sums_;  // as they were last heard, by name
    watch next_;
    client client_;
};

}  // namespace rollcall::store
