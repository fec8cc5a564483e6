// Equal calls in flight are made once: who joins, who does not, and who leaves; over event loops driven by hand.
#include "adapters/pipeline/coalesce.hpp"

#include "tests/adapters/pipeline/coalesce_bench.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>

namespace rollcall::adapters {

using namespace std::chrono_literals;
using tests::client;
using tests::loop;
using tests::request_for;
using tests::run_until_quiet;

TEST_CASE("equal calls are made once, and the one answer reaches all") {
    flight_board board;
    loop one{board};
    client first{one, "/a"};
    client second{one, "/a"};
    client third{one, "/a"};
    one.run_what_is_ready();
    CHECK(one.next.begun == 1);
    CHECK(one.observer.count(cache_event::coalesced) == 2);
    one.next.release();
    one.run_what_is_ready();
    for (const client* const client : {&first, &second, &third}) {
        REQUIRE(client->outcome);
        REQUIRE(client->outcome->has_value());
        CHECK((*client->outcome)->content == (*first.outcome)->content);
    }
}

TEST_CASE("a failure reaches all who waited") {
    flight_board board;
    loop one{board};
    loop two{board};
    client first{one, "/a"};
    one.run_what_is_ready();
    client second{two, "/a"};
    two.run_what_is_ready();
    one.next.failing = true;
    one.next.release();
    run_until_quiet({&one, &two});
    CHECK(first.failed_with(fault::unreachable));
    CHECK(second.failed_with(fault::unreachable));
}

TEST_CASE("different calls are kept apart") {
    flight_board board;
    loop one{board};
    client first{one, "/a"};
    client second{one, "/b"};
    one.run_what_is_ready();
    CHECK(one.next.begun == 2);
    one.next.release();
    one.run_what_is_ready();
    CHECK((*first.outcome)->content->page.body == "/a");
    CHECK((*second.outcome)->content->page.body == "/b");
}

TEST_CASE("a call that wants it afresh does not join one that may be answered from the cache") {
    flight_board board;
    loop one{board};
    client usual{one, "/a"};
    request afresh = request_for("/a");
    afresh.fresh = true;
    client first{one, afresh};
    client second{one, afresh};
    one.run_what_is_ready();
    CHECK(one.next.begun == 2);
    one.next.release();
    one.run_what_is_ready();
    CHECK((*first.outcome)->content == (*second.outcome)->content);
    CHECK((*first.outcome)->content != (*usual.outcome)->content);
}

TEST_CASE("a call after a write does not join one that was begun before the write ended") {
    flight_board board;
    loop one{board};
    loop two{board};
    client before{one, "/a"};
    client joined{two, "/a"};
    run_until_quiet({&one, &two});
    ++one.writes;
    ++two.writes;
    client after{two, "/a"};
    client with_it{one, "/a"};
    run_until_quiet({&one, &two});
    CHECK(one.next.begun + two.next.begun == 2);
    one.next.release();
    two.next.release();
    run_until_quiet({&one, &two});
    REQUIRE(before.outcome);
    REQUIRE(after.outcome);
    CHECK((*joined.outcome)->content == (*before.outcome)->content);
    CHECK((*with_it.outcome)->content == (*after.outcome)->content);
    CHECK((*after.outcome)->content != (*before.outcome)->content);
}

TEST_CASE("a call that came down with its flight makes a new one") {
    flight_board board;
    loop one{board};
    client first{one, "/a"};
    one.run_what_is_ready();
    one.next.release();
    one.run_what_is_ready();
    client second{one, "/a"};
    one.run_what_is_ready();
    CHECK(one.next.begun == 2);
}

TEST_CASE("calls from several threads make one, and each is answered on its own") {
    flight_board board;
    loop one{board};
    loop two{board};
    client first{one, "/a"};
    one.run_what_is_ready();
    client second{two, "/a"};
    two.run_what_is_ready();
    CHECK(one.next.begun + two.next.begun == 1);
    one.next.release();
    one.run_what_is_ready();
    CHECK(first.ended);
    CHECK_FALSE(second.ended);  // its own loop has not run yet
    two.run_what_is_ready();
    REQUIRE(second.outcome);
    CHECK((*second.outcome)->content == (*first.outcome)->content);
}

TEST_CASE("a waiter whose time is over goes alone, and the others get the answer") {
    flight_board board;
    loop one{board};
    client first{one, "/a"};
    client hurried{one, "/a", steady_clock::now() - 1ms};
    run_until_quiet({&one});
    CHECK(hurried.failed_with(fault::timeout));
    CHECK_FALSE(first.ended);
    CHECK(one.next.stopped == 0);
    one.next.release();
    one.run_what_is_ready();
    CHECK(first.outcome->has_value());
}

TEST_CASE("the first caller's deadline does not end the call that others wait for") {
    flight_board board;
    loop one{board};
    loop two{board};
    client hurried{one, "/a", steady_clock::now() - 1ms};
    client patient{two, "/a"};
    // The patient one boards before the hurried one's time is looked at.
    one.io.poll_one();
    two.run_what_is_ready();
    run_until_quiet({&one, &two});
    CHECK(hurried.failed_with(fault::timeout));
    CHECK(one.next.begun == 1);
    CHECK(one.next.stopped == 0);
    one.next.release();
    run_until_quiet({&one, &two});
    CHECK(patient.outcome->has_value());
}

TEST_CASE("a call whose only caller's time is over goes on, and is there for the next") {
    flight_board board;
    loop one{board};
    client hurried{one, "/a", steady_clock::now() - 1ms};
    run_until_quiet({&one});
    CHECK(hurried.failed_with(fault::timeout));
    CHECK(one.next.stopped == 0);
    client leaving{one, "/a"};
    client patient{one, "/a"};
    one.run_what_is_ready();
    leaving.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one});
    CHECK(one.next.begun == 1);
    one.next.release();
    one.run_what_is_ready();
    REQUIRE(patient.outcome);
    CHECK(patient.outcome->has_value());
}

TEST_CASE("where a caller's time was over, the last to go away does not stop the call") {
    flight_board board;
    loop one{board};
    client hurried{one, "/a", steady_clock::now() - 1ms};
    client leaving{one, "/a"};
    run_until_quiet({&one});
    leaving.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one});
    CHECK(leaving.failed_with(fault::cancelled));
    CHECK(one.next.stopped == 0);
    one.next.release();
    one.run_what_is_ready();
}

TEST_CASE("only so many calls outlast their callers, and each that ends makes room for one") {
    flight_board board;
    loop one{board};
    loop two{board};
    std::deque<std::string> targets;
    std::deque<client> hurried;
    const auto give_up = [&](loop& on) {
        targets.push_back('/' + std::to_string(targets.size()));
        hurried.emplace_back(on, targets.back().c_str(), steady_clock::now() - 1ms);
        run_until_quiet({&on});
        CHECK(hurried.back().failed_with(fault::timeout));
    };
    for (unsigned i = 0; i < flight_board::most_outlasting; ++i)
        give_up(one);
    CHECK(one.next.stopped == 0);
    give_up(two);
    CHECK(two.next.stopped == 1);
    one.next.release();
    run_until_quiet({&one});
    for (unsigned i = 0; i < flight_board::most_outlasting; ++i)
        give_up(two);
    CHECK(two.next.stopped == 1);
    give_up(two);
    CHECK(two.next.stopped == 2);
}

TEST_CASE("the last waiter to leave stops the call, whoever began it") {
    flight_board board;
    loop one{board};
    loop two{board};
    client first{one, "/a"};
    one.run_what_is_ready();
    client second{two, "/a"};
    two.run_what_is_ready();

    first.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one, &two});
    CHECK(first.failed_with(fault::cancelled));
    CHECK(one.next.stopped == 0);

    second.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one, &two});
    CHECK(second.failed_with(fault::cancelled));
    CHECK(one.next.stopped == 1);

    client third{two, "/a"};
    run_until_quiet({&two});
    CHECK(two.next.begun == 1);
}

TEST_CASE("a caller that is cancelled before it begins to wait leaves no call behind") {
    flight_board board;
    loop one{board};
    client first{one, "/a"};
    first.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one});
    CHECK(first.ended);
    CHECK(one.next.begun == one.next.stopped);
    client second{one, "/a"};
    run_until_quiet({&one});
    CHECK_FALSE(second.ended);
    one.next.release();
    run_until_quiet({&one});
    REQUIRE(second.outcome);
    CHECK(second.outcome->has_value());
}

TEST_CASE("a call whose event loop goes away under it leaves the board, and its waiters elsewhere stay sound") {
    for (const bool its_own_first : {true, false}) {
        flight_board board;
        auto one = std::make_unique<loop>(board);
        auto two = std::make_unique<loop>(board);
        client first{*one, "/a"};
        one->run_what_is_ready();
        client second{*two, "/a"};
        two->run_what_is_ready();
        (its_own_first ? one : two).reset();
        loop three{board};
        client third{three, "/a"};
        three.run_what_is_ready();
        CHECK(three.next.begun == (its_own_first ? 1 : 0));
        third.gone.emit(asio::cancellation_type::terminal);
        three.run_what_is_ready();
        one.reset();
        two.reset();
        CHECK_FALSE(second.ended);
    }
}

}  // namespace rollcall::adapters
