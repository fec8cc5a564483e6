// Who may go, who waits and who is turned away, as a table of what happens one after the other.
#include "adapters/transport/place_queue.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <sstream>
#include <string>

using rollcall::adapters::place_queue;

namespace {

/// Plays events, a letter and a number each, and writes down what came of them. `a`: a call arrives, and joins where it
/// can; `l`: one leaves; `gN`: the Nth that joined gives up.
std::string play(place_queue& queue, const std::string& events) {
    std::deque<place_queue::waiter> joined;
    std::istringstream words(events);
    std::string told;
    for (std::string event; words >> event;) {
        if (!told.empty()) told += ' ';
        if (event == "a") {
            const auto turn = queue.arrive();
            told += turn == place_queue::turn::go ? "go" : turn == place_queue::turn::wait ? "wait" : "full";
            if (turn == place_queue::turn::wait) queue.join(joined.emplace_back());
        } else if (event == "l") {
            const auto* const next = queue.leave();
            told += next == nullptr ? "free" : "call";
            for (std::size_t index = 0; index < joined.size(); ++index) {
                if (&joined[index] != next) continue;
                CHECK(next->called());
                CHECK_FALSE(next->waits());
                told += std::to_string(index);
            }
        } else {
            auto& leaving = joined[static_cast<std::size_t>(std::stoul(event.substr(1)))];
            queue.give_up(leaving);
            CHECK_FALSE(leaving.called());
            told += "gone";
        }
    }
    for (auto& waiter : joined) {
        if (waiter.waits()) queue.give_up(waiter);
    }
    return told;
}

}  // namespace

TEST_CASE("places are given to those who come first, and those who wait are called in their order") {
    struct row {
        std::size_t places;
        std::size_t length;
        const char* events;
        const char* told;
    };
    const row rows[] = {
        {2, 2, "a a a a a", "go go wait wait full"},
        {1, 0, "a a l a", "go full free go"},
        {1, 2, "a a a l l l a", "go wait wait call0 call1 free go"},
        // Who was called holds a place, so that the one behind the queue cannot overtake.
        {1, 1, "a a l a a l l", "go wait call0 wait full call1 free"},
        // Who gives up leaves no hole: neither in the order nor in the queue's room.
        {1, 3, "a a a a g1 l l l", "go wait wait wait gone call0 call2 free"},
        {1, 1, "a a a g0 a l", "go wait full gone wait call1"},
        {1, 2, "a a a g0 g1 l a", "go wait wait gone gone free go"},
        {2, 1, "a a a l l l a a a", "go go wait call0 free free go go wait"},
    };
    for (const row& row : rows) {
        CAPTURE(row.events);
        place_queue queue(row.places, row.length);
        CHECK(play(queue, row.events) == row.told);
        CHECK(queue.waiting() == 0);
    }
}

TEST_CASE("never more places are taken than there are, nor more wait than may, and nobody waits while one is free") {
    place_queue queue(3, 4);
    std::deque<place_queue::waiter> waiters;
    unsigned seed = 1;
    std::size_t taken = 0;
    for (int step = 0; step < 10'000; ++step) {
        seed = seed * 1'664'525U + 1'013'904'223U;
        const unsigned dice = (seed >> 16) % 4;
        if (dice < 2) {
            const auto turn = queue.arrive();
            if (turn == place_queue::turn::go) ++taken;
            if (turn == place_queue::turn::wait) queue.join(waiters.emplace_back());
        } else if (dice == 2 && taken > 0) {
            if (queue.leave() == nullptr) --taken;
        } else if (!waiters.empty() && waiters.back().waits()) {
            queue.give_up(waiters.back());
        }
        REQUIRE(queue.taken() == taken);
        REQUIRE(queue.taken() <= 3);
        REQUIRE(queue.waiting() <= 4);
        REQUIRE((queue.waiting() == 0 || queue.taken() == 3));
    }
    while (queue.waiting() > 0)
        (void)queue.leave();
}
