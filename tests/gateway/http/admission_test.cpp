// The line of those who wait for a place: order, turns, and those who leave it.
#include "gateway/http/admission.hpp"

#include "base/timer.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::gateway::testing {
namespace {

using pass = std::optional<admission::pass>;
using told_list = std::vector<std::string>;

deadline much_later() {
    return steady_clock::now() + std::chrono::minutes{1};
}

/// Two event loops, as two threads have them, before the same places.
struct house {
    explicit house(std::size_t limit) { places.set_limit(limit); }
    house(const house&) = delete;
    house& operator=(const house&) = delete;
    ~house() { loops.clear(); }

    /// Somebody waits in a loop; what came of it is told under `name`, and the place is kept.
    void wait(const std::string& name, deadline until = much_later(), std::size_t loop = 0) {
        asio::cancellation_signal& leave = signals.emplace_back();
        asio::co_spawn(loops[loop], stand(name, until), asio::bind_cancellation_slot(leave.slot(), asio::detached));
        settle();
    }

    void settle() {
        for (int turn = 0; turn < 2; ++turn) {
            for (asio::io_context& loop : loops) {
                loop.restart();
                loop.poll();
            }
        }
    }

    awaitable<void> stand(std::string name, deadline until) {
        pass taken = co_await places.wait_to_enter(until);
        told.push_back(name + (taken ? " in" : " in vain"));
        if (taken) inside.push_back(std::move(*taken));
    }

    admission places;
    std::deque<asio::io_context> loops{2};  // they end first, with all that wait in them
    std::deque<asio::cancellation_signal> signals;
    told_list told;
    std::deque<admission::pass> inside;
};

}  // namespace

TEST_CASE("there are as many places as the limit says, and each that is given back is free again") {
    house house(2);
    pass first = house.places.enter();
    pass second = house.places.enter();
    CHECK(first);
    CHECK(second);
    CHECK(!house.places.enter());
    first.reset();
    CHECK(house.places.enter());
}

TEST_CASE("who waits is called in the order of coming, whatever the thread, and no newcomer overtakes") {
    house house(1);
    pass held = house.places.enter();
    house.wait("one", much_later(), 1);
    house.wait("two", much_later(), 0);
    house.wait("three", much_later(), 1);
    CHECK(house.places.waiting() == 3);
    held.reset();
    CHECK(!house.places.enter());
    house.settle();
    CHECK(house.told == told_list{"one in"});
    house.inside.pop_front();
    house.settle();
    CHECK(house.told == told_list{"one in", "two in"});
    house.inside.pop_front();
    house.settle();
    CHECK(house.told == told_list{"one in", "two in", "three in"});
    CHECK(house.places.waiting() == 0);
    CHECK(house.places.taken() == 1);
}

TEST_CASE("who has waited long enough goes away with nothing") {
    house house(1);
    pass held = house.places.enter();
    house.wait("hasty", steady_clock::now());
    house.wait("patient");
    while (house.told.empty())
        house.settle();
    CHECK(house.told == told_list{"hasty in vain"});
    CHECK(house.places.waiting() == 1);
    held.reset();
    house.settle();
    CHECK(house.told == told_list{"hasty in vain", "patient in"});
}

TEST_CASE("who leaves the line leaves no gap") {
    house house(1);
    pass held = house.places.enter();
    house.wait("one");
    house.wait("two");
    house.signals[0].emit(asio::cancellation_type::terminal);
    house.settle();
    CHECK(house.places.waiting() == 1);
    held.reset();
    house.settle();
    CHECK(house.told == told_list{"one in vain", "two in"});
    CHECK(house.places.taken() == 1);
}

TEST_CASE("fewer places count from now on, and more let in those who wait") {
    house house(2);
    pass first = house.places.enter();
    pass second = house.places.enter();
    house.wait("one");
    house.places.set_limit(1);
    first.reset();
    house.settle();
    CHECK(house.told.empty());
    house.places.set_limit(2);
    house.settle();
    CHECK(house.told == told_list{"one in"});
}

TEST_CASE("those who wait, and who have just been called, may end with their loop, and pass their place on") {
    house house(1);
    pass held = house.places.enter();
    house.wait("one", much_later(), 1);
    house.wait("two", much_later(), 1);
    house.wait("three", much_later(), 0);
    held.reset();
    house.loops.pop_back();
    house.settle();
    CHECK(house.told == told_list{"three in"});
    CHECK(house.places.waiting() == 0);
    CHECK(house.places.taken() == 1);
}

TEST_CASE("many threads that come and go lose no place, and never take more than there are") {
    admission places;
    places.set_limit(3);
    std::atomic<int> inside{0};
    std::atomic<int> most{0};
    std::atomic<int> served{0};
    const auto client = [&]() -> awaitable<void> {
        for (int time = 0; time < 200; ++time) {
            pass place = places.enter();
            if (!place) place = co_await places.wait_to_enter(much_later());
            if (!place) continue;
            const int now = ++inside;
            for (int known = most; now > known && !most.compare_exchange_weak(known, now);) {}
            const executor here = co_await asio::this_coro::executor;
            steady_timer pause(here, std::chrono::microseconds{10});
            co_await pause.async_wait(asio::use_awaitable_t<executor>{});
            --inside;
            ++served;
        }
    };
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread) {
        threads.emplace_back([&] {
            asio::io_context loop{1};
            for (int at = 0; at < 5; ++at)
                asio::co_spawn(loop, client(), asio::detached);
            loop.run();
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(served == 3 * 5 * 200);
    CHECK(most <= 3);
    CHECK(places.taken() == 0);
    CHECK(places.waiting() == 0);
}

}  // namespace rollcall::gateway::testing
