// The fan-out: asks every provider that has more, at once, until the client's page is full, and tells how each one did.
#pragma once

#include "adapters/provider.hpp"
#include "adapters/upstream.hpp"
#include "gateway/roster/cursor.hpp"
#include "gateway/roster/page_sources.hpp"
#include "gateway/roster/walk.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace rollcall::gateway {

struct client;

/// What a client asks for. It must live until the page has been written, because the page points into it.
struct roster_query {
    std::uint32_t limit = 50;
    adapters::listing listing{};           ///< of agents; every provider offers it
    const client* asking = nullptr;        ///< of the providers, there are those that it sees; null: all
    std::vector<std::string> providers{};  ///< only these; empty: all
    gateway::bookmarks bookmarks{};        ///< from the cursor; empty: the beginning
    bool fresh = false;                    ///< no provider's answer is taken from the cache
    std::string traceparent{};
};

/// How one provider fared in a client's page.
struct provider_part {
    enum class state : std::uint8_t {
        asked,      ///< see the walk
        skipped,    ///< the query leaves it out
        exhausted,  ///< its last agent was on an earlier page
    };
    const adapters::provider* provider = nullptr;
    provider_part::state state = state::asked;
    std::optional<gateway::walk> walk{};                ///< of one that was asked
    std::span<const gateway::walk::candidate> items{};  ///< its share, in its own order
    bookmark behind{};                                  ///< where its list goes on
    steady_clock::duration latency{};                   ///< until its last answer or failure; 0: nothing was waited for

    [[nodiscard]] bool failed() const { return walk && walk->failed_with(); }
    [[nodiscard]] bool has_more() const { return state == state::asked && !behind.ended; }
};

struct roster_page {
    std::vector<provider_part> parts;  ///< of all that its client sees, in the order of the configuration
    std::uint32_t count = 0;

    [[nodiscard]] bool has_more() const;
    [[nodiscard]] bool partial() const;  ///< did any provider fail
    [[nodiscard]] bool lost() const;     ///< it holds nothing because every provider that was asked has failed

    /// The bookmarks of all providers that have begun, for the next cursor.
    [[nodiscard]] gateway::bookmarks bookmarks() const;
};

/// The providers of one thread, in the configured order. They must outlive the roster, and so must the thread's
/// sweeper.
class roster {
  public:
    roster(std::span<const std::unique_ptr<adapters::upstream>> upstreams, rollcall::sweeper& sweeper)
        : upstreams_(upstreams), sweeper_(sweeper) {}

    /// Gathers one page until `until`. Never fails as a whole: what failed is told in the parts.
    [[nodiscard]] awaitable<roster_page> gather(const roster_query& query, deadline until);

    /// A number that grows with each write that was sent to one of its providers and has ended.
    [[nodiscard]] std::uint64_t writes() const;

    /// What `page` was made of, where nothing was waited for and all of it is at hand still; else empty. `writes` is
    /// what writes() said before it was gathered.
    [[nodiscard]] std::optional<page_sources> sources_of(const roster_page& page, std::uint64_t writes,
                                                         steady_clock::time_point now) const;

  private:
    struct task;
    [[nodiscard]] std::vector<task> begin(const roster_query& query, adapters::call_group& calls);
    [[nodiscard]] static roster_page finish(std::vector<task>& tasks, std::span<const std::uint32_t> shares);

    std::span<const std::unique_ptr<adapters::upstream>> upstreams_;
    rollcall::sweeper& sweeper_;
};

}  // namespace rollcall::gateway
