// The sweeper: which watches are called, in what order, and what a callback may do.
#include "base/sweeper.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>

using namespace std::chrono_literals;
using rollcall::steady_clock;
using rollcall::sweeper;
using rollcall::watch;

namespace {

struct bench {
    boost::asio::io_context context{1};
    rollcall::sweeper sweeper{context.get_executor()};
    std::string called;

    auto note(char name) {
        return [this, name] { called += name; };
    }
};

}  // namespace

TEST_CASE("a watch is called once, after its deadline") {
    bench at;
    watch one(at.sweeper, at.note('a'));
    const auto deadline = steady_clock::now() + 20ms;
    one.arm(deadline);
    CHECK(one.armed());
    at.context.run();
    CHECK(steady_clock::now() >= deadline);
    CHECK(at.called == "a");
    CHECK(one.expired());
    CHECK_FALSE(one.armed());
}

TEST_CASE("watches are called in the order of their deadlines, however they were armed") {
    bench at;
    watch late(at.sweeper, at.note('c'));
    watch early(at.sweeper, at.note('a'));
    watch middle(at.sweeper, at.note('b'));
    const auto now = steady_clock::now();
    late.arm(now + 90ms);
    early.arm(now + 10ms);
    middle.arm(now + 50ms);
    at.context.run();
    CHECK(at.called == "abc");
}

TEST_CASE("a deadline in the past is called by the context, not by arming") {
    bench at;
    watch one(at.sweeper, at.note('a'));
    one.arm(steady_clock::now() - 1s);
    CHECK(at.called.empty());
    at.context.run();
    CHECK(at.called == "a");
}

TEST_CASE("a disarmed or destroyed watch is not called, and the sweeper falls asleep") {
    bench at;
    watch disarmed(at.sweeper, at.note('a'));
    disarmed.arm(steady_clock::now() + 10ms);
    disarmed.disarm();
    {
        watch destroyed(at.sweeper, at.note('b'));
        destroyed.arm(steady_clock::now() + 10ms);
    }
    at.context.run();  // returns only because nothing is pending any more
    CHECK(at.called.empty());
    CHECK_FALSE(disarmed.expired());
}

TEST_CASE("arming an armed watch moves its deadline to later") {
    bench at;
    watch moved(at.sweeper, at.note('m'));
    watch fixed(at.sweeper, at.note('f'));
    const auto now = steady_clock::now();
    moved.arm(now + 10ms);
    fixed.arm(now + 40ms);
    moved.arm(now + 10min);
    while (at.called.empty())
        at.context.run_one();
    CHECK(at.called == "f");
}

TEST_CASE("arming an armed watch moves its deadline to sooner") {
    bench at;
    watch fixed(at.sweeper, at.note('f'));
    watch moved(at.sweeper, at.note('m'));
    const auto now = steady_clock::now();
    moved.arm(now + 10min);
    fixed.arm(now + 5min);
    moved.arm(now + 10ms);
    while (at.called.empty())
        at.context.run_one();
    CHECK(at.called == "m");
}

TEST_CASE("a callback may arm its own watch again") {
    bench at;
    std::optional<watch> again;
    again.emplace(at.sweeper, [&] {
        at.called += 'x';
        if (at.called.size() < 3) again->arm(steady_clock::now() + 1ms);
    });
    again->arm(steady_clock::now());
    at.context.run();
    CHECK(at.called == "xxx");
}

TEST_CASE("a callback may move or destroy a watch that is due at the same moment") {
    bench at;
    std::optional<watch> victim;
    std::optional<watch> moved;
    watch first(at.sweeper, [&] {
        at.called += '1';
        victim.reset();
        moved->arm(steady_clock::now() + 20ms);
    });
    victim.emplace(at.sweeper, at.note('v'));
    moved.emplace(at.sweeper, [&] { at.called += moved->expired() ? 'm' : '?'; });
    watch last(at.sweeper, at.note('2'));
    const auto past = steady_clock::now() - 1s;
    first.arm(past);
    victim->arm(past);
    moved->arm(past);
    last.arm(past);
    at.context.run();
    CHECK(at.called == "12m");
}

TEST_CASE("a sweeper may be destroyed while its context still holds its wake-up") {
    boost::asio::io_context context{1};
    bool called = false;
    {
        sweeper sweeper(context.get_executor());
        watch one(sweeper, [&] { called = true; });
        one.arm(steady_clock::now());
    }
    context.run();
    CHECK_FALSE(called);
}
