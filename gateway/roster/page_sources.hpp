// The pages of the cache that a client's page was made of, and for how long the same would be made of them again.
#pragma once

#include "adapters/upstream.hpp"
#include "base/clock.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace rollcall::gateway {

/// On one thread. Keeps what it is given alive.
class page_sources {
  public:
    /// `writes` is what roster::writes said before the pages were found.
    explicit page_sources(std::uint64_t writes) : writes_(writes) {}

    /// `content` was at hand at that upstream, which must outlive this.
    void add(adapters::upstream& upstream, std::shared_ptr<const adapters::content> content);

    /// Would the cache give each of them again, as fresh? `writes` is what roster::writes says now.
    [[nodiscard]] bool at_hand(std::uint64_t writes, steady_clock::time_point now) const;

    /// They have been given again without asking the cache: counts that.
    void given_again() const;

  private:
    struct source {
        adapters::upstream* upstream;
        std::shared_ptr<const adapters::content> content;
    };
    std::uint64_t writes_;
    steady_clock::time_point fresh_until_ = steady_clock::time_point::max();
    std::vector<source> sources_;
};

}  // namespace rollcall::gateway
