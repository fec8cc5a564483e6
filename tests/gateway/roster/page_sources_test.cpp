// For how long a client's page would be made of the same pages of the cache again.
#include "gateway/roster/page_sources.hpp"

#include "tests/adapters/upstream_bench.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;
using adapters::tests::content_of;

/// Two pages of one provider, whose `ttl` is an hour, in a cache that has room for them and little more.
struct scene {
    scene() {
        cache.keep("first", first);
        cache.keep("second", second);
        sources.add(thread.upstream, first);
        sources.add(thread.upstream, second);
    }

    adapters::tests::shared_bench shared{1};
    adapters::tests::thread_bench thread{shared};
    steady_clock::time_point now = steady_clock::now();
    std::shared_ptr<const adapters::content> first = content_of("1", now);
    std::shared_ptr<const adapters::content> second = content_of("22", now + 10min);
    adapters::page_cache cache{std::size_t{16} * 10'000};
    page_sources sources{7};
};

}  // namespace

TEST_CASE("pages are at hand until the first of them is no longer fresh") {
    const scene scene;
    CHECK(scene.sources.at_hand(7, scene.now));
    CHECK(scene.sources.at_hand(7, scene.now + 1h - 1ms));
    CHECK_FALSE(scene.sources.at_hand(7, scene.now + 1h));
}

TEST_CASE("pages that were read before a write are not at hand after it") {
    const scene scene;
    CHECK_FALSE(scene.sources.at_hand(8, scene.now));
}

TEST_CASE("pages that the cache has let go of are not at hand") {
    scene scene;
    SUBCASE("for a newer one") {
        scene.cache.keep("second", content_of("newer"));
    }
    SUBCASE("because it is not to be given any more") {
        scene.cache.drop("first");
    }
    SUBCASE("for want of room") {
        for (int i = 0; i < 500; ++i)
            scene.cache.keep("other " + std::to_string(i), content_of(std::string(5000, 'x')));
        REQUIRE_FALSE(scene.cache.find("first"));
    }
    CHECK_FALSE(scene.sources.at_hand(7, scene.now));
}

TEST_CASE("pages that are given again count as found in the cache") {
    scene scene;
    scene.sources.given_again();
    CHECK(scene.shared.observer.count(adapters::cache_event::hit) == 2);
}

}  // namespace rollcall::gateway
