// Several calls under way at once and one wait for them, over event loops driven by hand.
#include "tests/adapters/pipeline/coalesce_bench.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <stdexcept>

namespace rollcall::adapters {

using namespace std::chrono_literals;
using tests::content_of;
using tests::loop;
using tests::much_later;
using tests::request_for;
using tests::run_until_quiet;

namespace {

/// What one call has come to, and what is begun then.
struct end final : call_end {
    void ended(result<answer> how) override {
        ++times;
        outcome = std::move(how);
        if (then) then();
    }

    [[nodiscard]] bool has_body(std::string_view body) const {
        return times == 1 && outcome.has_value() && outcome->content->page.body == body;
    }
    [[nodiscard]] bool failed_with(fault kind) const {
        return times == 1 && outcome.has_error() && outcome.error().kind == kind;
    }

    unsigned times = 0;
    result<answer> outcome{};
    std::function<void()> then;
};

/// One who has several calls on a loop and waits for them.
struct caller {
    explicit caller(loop& on, deadline until = much_later()) : on(on), calls(on.sweeps, until) {}

    end& begin(const char* target) {
        on.layer.begin(request_for(target), calls, ends.emplace_back());
        return ends.back();
    }

    void wait() {
        asio::co_spawn(on.io, calls.wait(),
                       asio::bind_cancellation_slot(gone.slot(), [this](const std::exception_ptr& error) {
                           thrown = error != nullptr;
                           ended = true;
                       }));
    }

    loop& on;
    std::deque<end> ends;
    call_group calls;
    asio::cancellation_signal gone;
    bool ended = false;
    bool thrown = false;
};

}  // namespace

TEST_CASE("a group waits until the last of its calls has landed, on whatever thread") {
    flight_board board;
    loop one{board};
    loop two{board};
    caller other{two};
    other.begin("/b");
    other.wait();
    caller group{one};
    const end& own = group.begin("/a");
    const end& joined = group.begin("/b");
    group.wait();
    run_until_quiet({&one, &two});
    one.next.release();
    run_until_quiet({&one, &two});
    CHECK(own.has_body("/a"));
    CHECK(joined.times == 0);
    CHECK_FALSE(group.ended);
    two.next.release();
    run_until_quiet({&one, &two});
    CHECK(joined.has_body("/b"));
    CHECK(group.ended);
    CHECK(one.next.begun + two.next.begun == 2);
}

TEST_CASE("a group without calls has nothing to wait for") {
    flight_board board;
    loop one{board};
    caller group{one};
    group.wait();
    one.run_what_is_ready();
    CHECK(group.ended);
}

TEST_CASE("what the end of a call begins is waited for too") {
    flight_board board;
    loop one{board};
    caller group{one};
    end& first = group.begin("/a");
    first.then = [&] { group.begin("/b"); };
    group.wait();
    run_until_quiet({&one});
    one.next.release();
    run_until_quiet({&one});
    REQUIRE(group.ends.size() == 2);
    CHECK(first.has_body("/a"));
    CHECK_FALSE(group.ended);
    one.next.release();
    run_until_quiet({&one});
    CHECK(group.ends.back().has_body("/b"));
    CHECK(group.ended);
}

TEST_CASE("when the time is up each call is told so once, those begun then included") {
    flight_board board;
    loop one{board};
    caller group{one, steady_clock::now() - 1ms};
    end& first = group.begin("/a");
    const end& second = group.begin("/b");
    first.then = [&] { group.begin("/c"); };
    group.wait();
    while (!group.ended)
        one.io.run_one();
    CHECK(first.failed_with(fault::timeout));
    CHECK(second.failed_with(fault::timeout));
    CHECK(group.ends.back().failed_with(fault::timeout));
    CHECK_FALSE(group.thrown);
    CHECK(one.next.begun == 3);
    CHECK(one.next.stopped == 0);  // they outlast who asked
    one.next.release();
    run_until_quiet({&one});
    CHECK(first.times == 1);
}

TEST_CASE("calls that have landed when their time is up take no place among those that outlast their callers") {
    flight_board board;
    loop one{board};
    loop two{board};
    std::deque<caller> patient;
    std::deque<caller> late;
    for (unsigned i = 0; i < flight_board::most_outlasting; ++i) {
        patient.emplace_back(one).begin("/a");
        patient.back().wait();
        late.emplace_back(two, steady_clock::now() - 1ms).begin("/a");
        late.back().wait();
        one.run_what_is_ready();
        two.io.restart();
        two.io.poll_one();  // it waits
        two.io.poll_one();  // its time is up, and it will be woken
        one.next.release();
        run_until_quiet({&one, &two});
        CHECK(late.back().ends.back().failed_with(fault::timeout));
    }
    loop three{board};
    caller hasty{three, steady_clock::now() - 1ms};
    hasty.begin("/b");
    hasty.wait();
    run_until_quiet({&three});
    CHECK(hasty.ended);
    CHECK(three.next.begun == 1);
    CHECK(three.next.stopped == 0);
}

TEST_CASE("a group whose caller goes away tells each call and stops them") {
    flight_board board;
    loop one{board};
    caller group{one};
    const end& first = group.begin("/a");
    const end& second = group.begin("/b");
    group.wait();
    one.run_what_is_ready();
    group.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one});
    CHECK(group.ended);
    CHECK(first.failed_with(fault::cancelled));
    CHECK(second.failed_with(fault::cancelled));
    CHECK(one.next.stopped == 2);
}

TEST_CASE("a group that is destroyed when its call has landed is not told of it") {
    flight_board board;
    loop one{board};
    loop two{board};
    end told;
    {
        call_group calls{two.sweeps, much_later()};
        caller other{one};
        other.begin("/a");
        other.wait();
        two.layer.begin(request_for("/a"), calls, told);
        run_until_quiet({&one});
        one.next.release();
        run_until_quiet({&one});
        CHECK(other.ended);
    }
    run_until_quiet({&one, &two});
    CHECK(told.times == 0);
}

TEST_CASE("what the end of a call throws reaches the caller, when the others have ended") {
    flight_board board;
    loop one{board};
    caller group{one};
    group.begin("/a").then = [] { throw std::runtime_error{"no memory"}; };
    const end& second = group.begin("/b");
    group.wait();
    run_until_quiet({&one});
    one.next.release();
    run_until_quiet({&one});
    CHECK(second.has_body("/b"));
    CHECK(group.ended);
    CHECK(group.thrown);
}

TEST_CASE("a group can be waited for again") {
    flight_board board;
    loop one{board};
    caller group{one};
    for (const char* const target : {"/a", "/b"}) {
        group.ended = false;
        const end& one_more = group.begin(target);
        group.wait();
        run_until_quiet({&one});
        one.next.release();
        run_until_quiet({&one});
        CHECK(one_more.has_body(target));
        CHECK(group.ended);
    }
}

}  // namespace rollcall::adapters
