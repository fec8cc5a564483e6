// The line of those who wait for a place: order, turns, and those who leave it.
#include "gateway/http/admission.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

namespace rollcall::gateway::testing {
namespace {

using pass = std::optional<admission::pass>;

/// One thread's loop, with as many doors to the same places as wanted.
struct house {
    explicit house(std::size_t limit, int doors = 1) {
        for (int at = 0; at < doors; ++at)
            this->doors.emplace_back(clock, load, limit);
    }
    house(const house&) = delete;
    house& operator=(const house&) = delete;
    ~house() { context.reset(); }

    /// Somebody waits at a door; what came of it is told under `name`, and the place is kept.
    void wait(const std::string& name, deadline until = steady_clock::now() + std::chrono::minutes{1},
              std::size_t door = 0) {
        asio::cancellation_signal& leave = signals.emplace_back();
        asio::co_spawn(*context, stand(name, until, doors[door]),
                       asio::bind_cancellation_slot(leave.slot(), asio::detached));
        settle();
    }

    void settle() {
        context->restart();
        context->poll();
    }

    void run_until_told(std::size_t count) {
        context->restart();
        while (told.size() < count && context->run_one() > 0) {}
    }

    awaitable<void> stand(std::string name, deadline until, admission& door) {
        pass taken = co_await door.wait_to_enter(until);
        told.push_back(name + (taken ? " in" : " in vain"));
        if (taken) inside.push_back(std::move(*taken));
    }

    std::optional<asio::io_context> context{1};  // ends first, with all that stands at the doors
    sweeper clock{context->get_executor()};
    listener_load load;
    std::deque<admission> doors;
    std::deque<asio::cancellation_signal> signals;
    std::vector<std::string> told;
    std::deque<admission::pass> inside;
};

}  // namespace

TEST_CASE("there are as many places as the limit says, and each that is given back is free again") {
    house house(2);
    pass first = house.doors[0].enter();
    pass second = house.doors[0].enter();
    CHECK(first);
    CHECK(second);
    CHECK(!house.doors[0].enter());
    first.reset();
    CHECK(house.doors[0].enter());
}

TEST_CASE("who waits is called in the order of coming, and no newcomer overtakes") {
    house house(1);
    pass held = house.doors[0].enter();
    house.wait("one");
    house.wait("two");
    CHECK(house.doors[0].waiting() == 2);
    held.reset();
    CHECK(!house.doors[0].enter());
    house.settle();
    CHECK(house.told == std::vector<std::string>{"one in"});
    house.inside.pop_front();
    house.settle();
    CHECK(house.told == std::vector<std::string>{"one in", "two in"});
    CHECK(house.doors[0].waiting() == 0);
    CHECK(house.load.in_flight == 1);
}

TEST_CASE("who has waited long enough goes away with nothing") {
    house house(1);
    pass held = house.doors[0].enter();
    house.wait("hasty", steady_clock::now());
    house.wait("patient");
    house.run_until_told(1);
    CHECK(house.told == std::vector<std::string>{"hasty in vain"});
    CHECK(house.doors[0].waiting() == 1);
    held.reset();
    house.settle();
    CHECK(house.told == std::vector<std::string>{"hasty in vain", "patient in"});
}

TEST_CASE("who leaves the line leaves no gap") {
    house house(1);
    pass held = house.doors[0].enter();
    house.wait("one");
    house.wait("two");
    house.signals[0].emit(asio::cancellation_type::terminal);
    house.settle();
    CHECK(house.doors[0].waiting() == 1);
    held.reset();
    house.settle();
    CHECK(house.told == std::vector<std::string>{"one in vain", "two in"});
    CHECK(house.load.in_flight == 1);
}

TEST_CASE("a place that is given back at another door is found by those who wait at this one") {
    house house(1, 2);
    pass held = house.doors[1].enter();
    house.wait("one");
    held.reset();
    house.run_until_told(1);
    CHECK(house.told == std::vector<std::string>{"one in"});
}

TEST_CASE("fewer places count from now on, and more let in those who wait") {
    house house(2);
    pass first = house.doors[0].enter();
    pass second = house.doors[0].enter();
    house.wait("one");
    house.doors[0].set_limit(1);
    first.reset();
    house.settle();
    CHECK(house.told.empty());
    house.doors[0].set_limit(2);
    house.settle();
    CHECK(house.told == std::vector<std::string>{"one in"});
}

TEST_CASE("those who wait, and who have just been called, may end with their loop") {
    house house(1);
    pass held = house.doors[0].enter();
    house.wait("one");
    house.wait("two");
    held.reset();
    house.context.reset();
    CHECK(house.doors[0].waiting() == 0);
    CHECK(house.load.in_flight == 0);
}

}  // namespace rollcall::gateway::testing
