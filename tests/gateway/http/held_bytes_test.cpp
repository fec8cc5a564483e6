// A bounded sum of bytes, and what becomes of it when those who hold a part of it come and go.
#include "gateway/http/held_bytes.hpp"

#include "gateway/http/load.hpp"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

namespace rollcall::gateway {

TEST_CASE("a sum of bytes grows to its limit and no further, and what is given back may be held by another") {
    std::atomic<std::size_t> sum{0};
    held_bytes first{sum};
    {
        held_bytes second{sum};
        CHECK(first.grow_to(60, 100));
        CHECK(first.grow_to(60, 100));
        CHECK(second.grow_to(40, 100));
        CHECK_FALSE(second.grow_to(41, 100));
        CHECK(sum == 100);
    }
    CHECK(sum == 60);
    CHECK(first.grow_to(100, 100));
    first.give_back();
    first.give_back();
    CHECK(sum == 0);
    CHECK(first.grow_to(7, 100));
    CHECK(sum == 7);
}

TEST_CASE("a limit that is lowered takes nothing away, and lets nobody have more") {
    std::atomic<std::size_t> sum{0};
    held_bytes held{sum};
    CHECK(held.grow_to(80, 100));
    CHECK_FALSE(held.grow_to(81, 50));
    CHECK(held.grow_to(80, 50));
    CHECK(sum == 80);
}

TEST_CASE("a sum that many threads share is back at nothing when all have left") {
    std::atomic<std::size_t> sum{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&sum] {
            for (int round = 0; round < 2000; ++round) {
                held_bytes held{sum};
                for (std::size_t bytes = 10; bytes <= 50 && held.grow_to(bytes, 100); bytes += 10) {}
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(sum == 0);
}

TEST_CASE("there is room for 64 bodies of the greatest size, and for 16 MiB where they are small") {
    config::limits limits;
    CHECK(most_body_bytes(limits) == 64 * limits.body_bytes);
    limits.body_bytes = 64 * 1024 * 1024;
    CHECK(most_body_bytes(limits) == 64 * limits.body_bytes);
    limits.body_bytes = 0;
    CHECK(most_body_bytes(limits) == 16 * 1024 * 1024);
}

}  // namespace rollcall::gateway
