// The page cache: what it keeps, what goes first, and that it stays within its bound whoever uses it.
#include "adapters/pipeline/page_cache.hpp"

#include "tests/adapters/pipeline/fakes.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::adapters {
namespace {

constexpr std::size_t shards = 16;

using tests::content_of;

/// Keys that are kept in the same shard as `first`, so that they compete for its room: found by filling a cache that
/// holds one answer for each shard.
std::vector<std::string> rivals_of(const std::string& first, std::size_t count) {
    const std::string body(10'000, 'x');
    std::vector<std::string> rivals;
    for (unsigned i = 0; rivals.size() < count; ++i) {
        page_cache cache{shards * 15'000};
        const std::string key = "key " + std::to_string(i);
        cache.keep(first, content_of(body));
        if (cache.keep(key, content_of(body)) == 1) rivals.push_back(key);
    }
    return rivals;
}

}  // namespace

TEST_CASE("what is kept is found under its key and no other") {
    page_cache cache{1 << 20};
    const auto content = content_of("a");
    CHECK(cache.find("a") == nullptr);
    CHECK(cache.keep("a", content) == 0);
    CHECK(cache.find("a") == content);
    CHECK(cache.find("b") == nullptr);
    CHECK(cache.find("") == nullptr);
}

TEST_CASE("a newer answer takes the place of the old one, which does not count as dropped") {
    page_cache cache{1 << 20};
    const auto newer = content_of("newer");
    cache.keep("a", content_of("older"));
    CHECK(cache.keep("a", newer) == 0);
    CHECK(cache.find("a") == newer);
}

TEST_CASE("an answer is marked when the cache lets go of it, however that comes") {
    page_cache cache{1 << 20};
    const auto first = content_of("first");
    const auto second = content_of("second");
    cache.keep("a", first);
    CHECK_FALSE(first->let_go);
    cache.keep("a", second);
    CHECK(first->let_go);
    CHECK_FALSE(second->let_go);
    cache.drop("a");
    CHECK(second->let_go);

    const auto large = content_of(std::string(1 << 20, 'x'));
    const auto small = content_of("small");
    cache.keep("a", small);
    cache.keep("a", large);
    CHECK(cache.find("a") == nullptr);
    CHECK(small->let_go);
}

TEST_CASE("an answer can be claimed for fetching by one at a time, and only while it is there") {
    using namespace std::chrono_literals;
    const steady_clock::time_point start{1000s};
    page_cache cache{1 << 20};
    const auto old = content_of("old");
    CHECK_FALSE(cache.claim_refresh("a", *old, start, start + 1s));
    cache.keep("a", old);
    CHECK(cache.claim_refresh("a", *old, start, start + 1s));
    CHECK_FALSE(cache.claim_refresh("a", *old, start, start + 1s));
    CHECK_FALSE(cache.claim_refresh("a", *old, start + 999ms, start + 2s));
    CHECK(cache.claim_refresh("a", *old, start + 1s, start + 2s));
    cache.put_off_refresh("a", start + 5s);
    CHECK_FALSE(cache.claim_refresh("a", *old, start + 4s, start + 9s));
    CHECK(cache.find("a") == old);

    // Who found the old answer before a newer one came has nothing to fetch any more.
    const auto newer = content_of("newer");
    cache.keep("a", newer);
    CHECK_FALSE(cache.claim_refresh("a", *old, start + 1h, start + 2h));
    CHECK(cache.claim_refresh("a", *newer, start, start + 1s));
    cache.drop("a");
    CHECK(cache.find("a") == nullptr);
    CHECK_FALSE(cache.claim_refresh("a", *newer, start + 1h, start + 2h));
    cache.drop("a");
    cache.put_off_refresh("a", start);
}

TEST_CASE("the least recently used answer goes first, and finding is using") {
    const std::string body(10'000, 'x');
    const auto others = rivals_of("first", 2);
    page_cache cache{shards * 25'000};  // room for two
    cache.keep("first", content_of(body));
    cache.keep(others[0], content_of(body));
    CHECK(cache.find("first") != nullptr);
    CHECK(cache.keep(others[1], content_of(body)) == 1);
    CHECK(cache.find(others[0]) == nullptr);
    CHECK(cache.find("first") != nullptr);
    CHECK(cache.find(others[1]) != nullptr);
}

TEST_CASE("one large answer may make several small ones go") {
    const auto others = rivals_of("first", 3);
    page_cache cache{shards * 25'000};
    cache.keep("first", content_of(std::string(5'000, 'x')));
    cache.keep(others[0], content_of(std::string(5'000, 'x')));
    cache.keep(others[1], content_of(std::string(5'000, 'x')));
    CHECK(cache.keep(others[2], content_of(std::string(20'000, 'x'))) == 3);
    CHECK(cache.find(others[2]) != nullptr);
}

TEST_CASE("an answer larger than a shard is not kept, and takes the old one with it") {
    page_cache cache{shards * 10'000};
    CHECK(cache.keep("a", content_of("small")) == 0);
    CHECK(cache.keep("a", content_of(std::string(10'000, 'x'))) == 0);
    CHECK(cache.find("a") == nullptr);
}

TEST_CASE("a cache of no bytes keeps nothing") {
    page_cache cache{0};
    CHECK(cache.keep("a", content_of("")) == 0);
    CHECK(cache.find("a") == nullptr);
}

TEST_CASE("a long key and a long Link header count too") {
    page_cache cache{shards * 10'000};
    const std::string long_key(10'000, 'k');
    cache.keep(long_key, content_of(""));
    CHECK(cache.find(long_key) == nullptr);
    auto linked = std::make_shared<content>();
    linked->link.assign(10'000, 'l');
    cache.keep("a", linked);
    CHECK(cache.find("a") == nullptr);
}

TEST_CASE("the cache stays within its bound") {
    constexpr std::size_t bound = 400'000;
    constexpr std::size_t body_bytes = 3'000;
    page_cache cache{bound};
    std::vector<std::weak_ptr<const content>> given;
    for (unsigned i = 0; i < 2'000; ++i) {
        auto content = content_of(std::string(body_bytes, 'x'));
        given.push_back(content);
        cache.keep("key " + std::to_string(i % 700), std::move(content));
    }
    const auto alive =
        std::count_if(given.begin(), given.end(), [](const auto& content) { return !content.expired(); });
    CHECK(alive > 16);
    CHECK(static_cast<std::size_t>(alive) * body_bytes <= bound);
}

TEST_CASE("threads that keep and find at once find only what belongs to their key") {
    page_cache cache{200'000};
    std::atomic<unsigned> wrong{0};
    std::atomic<unsigned> hits{0};
    const auto hammer = [&](unsigned seed) {
        std::minstd_rand random{seed};
        for (unsigned i = 0; i < 5'000; ++i) {
            const std::string key = "key " + std::to_string(random() % 200);
            if (random() % 2 == 0) {
                cache.keep(key, content_of(key + std::string(random() % 2'000, '.')));
            } else if (const auto found = cache.find(key)) {
                ++hits;
                if (!found->page.body.starts_with(key)) ++wrong;
            }
        }
    };
    std::thread other{hammer, 1};
    std::thread third{hammer, 2};
    hammer(3);
    other.join();
    third.join();
    CHECK(wrong == 0);
    CHECK(hits > 0);
}

}  // namespace rollcall::adapters
