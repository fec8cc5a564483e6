// Of which pages the roster says that the same would be made of the cache again. Gathering is tested end to end.
#include "gateway/roster/roster.hpp"

#include "tests/adapters/upstream_bench.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using adapters::tests::content_of;

const adapters::listing all{};

/// A page of one provider, whose `ttl` is an hour, made of one answer at hand.
struct scene {
    explicit scene(steady_clock::duration age = {}, std::optional<failure> stale_after = {}) {
        part.provider = &shared.provider;
        part.walk.emplace(shared.provider, all, bookmark{}, 50);
        const adapters::request request = part.walk->next_request();
        part.walk->loaded({content_of("{}", now - age), std::move(stale_after)}, request, now);
    }

    bool has_sources() {
        const std::uint64_t writes = all_of_them.writes();
        roster_page page;
        page.parts.push_back(std::move(part));
        if (write_ends) ++shared.writes;
        return all_of_them.sources_of(page, writes, now).has_value();
    }

    adapters::tests::shared_bench shared{1};
    asio::io_context io{1};
    rollcall::sweeper sweeper{io.get_executor()};
    normalizers::reader reader;
    std::minstd_rand random{1};
    std::array<std::unique_ptr<adapters::upstream>, 1> upstreams{std::make_unique<adapters::upstream>(
        shared.parts(), adapters::thread_resources{io.get_executor(), sweeper, reader, random})};
    roster all_of_them{upstreams, sweeper};
    steady_clock::time_point now = steady_clock::now();
    provider_part part;
    bool write_ends = false;
};

}  // namespace

TEST_CASE("what was at hand, and is still, can be found again") {
    scene fresh;
    CHECK(fresh.has_sources());
    scene nearly_old{1h - 1ms};
    CHECK(nearly_old.has_sources());
    scene skipped;
    skipped.part.walk.reset();
    skipped.part.state = provider_part::state::skipped;
    CHECK(skipped.has_sources());
}

TEST_CASE("what was waited for is not given again as if it had not been") {
    scene scene;
    scene.part.latency = 1us;
    CHECK_FALSE(scene.has_sources());
}

TEST_CASE("what stands in, or is given while a new one is fetched, is judged anew each time") {
    scene stands_in{0s, failure{fault::timeout, "late"}};
    CHECK_FALSE(stands_in.has_sources());
    scene old{1h};
    CHECK_FALSE(old.has_sources());
}

TEST_CASE("a page that lacks a provider's part is made anew each time") {
    scene scene;
    scene.part.walk->failed({fault::timeout, "late"});
    CHECK_FALSE(scene.has_sources());
}

TEST_CASE("what a write has made untrue meanwhile cannot be found again") {
    scene scene;
    scene.write_ends = true;
    CHECK_FALSE(scene.has_sources());
}

}  // namespace rollcall::gateway
