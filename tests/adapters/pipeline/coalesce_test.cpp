// Equal calls in flight are made once: on one thread, over several event loops driven by hand, and over real threads.
#include "adapters/pipeline/coalesce.hpp"

#include "tests/adapters/pipeline/fakes.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <deque>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using tests::content_of;
using tests::request_for;

const auto much_later = [] { return steady_clock::now() + 1h; };

/// Holds every call until it is released or stopped.
class held_layer : public layer {
  public:
    using timer = asio::basic_waitable_timer<steady_clock, asio::wait_traits<steady_clock>, executor>;

    explicit held_layer(const executor& executor) : executor_(executor) {}

    awaitable<result<answer>> call(const request& request, deadline) override {
        ++begun;
        timer& gate = gates_.emplace_back(executor_, steady_clock::time_point::max());
        boost::system::error_code error;
        const asio::use_awaitable_t<executor> token;
        co_await gate.async_wait(asio::redirect_error(token, error));
        if (!released_) {
            ++stopped;
            co_return failure{fault::cancelled, "it was stopped"};
        }
        if (failing) co_return failure{fault::unreachable, "no route"};
        co_return answer{content_of(request.target)};
    }

    void release() {
        released_ = true;
        for (timer& gate : gates_)
            gate.cancel();
    }

    unsigned begun = 0;
    unsigned stopped = 0;
    bool failing = false;

  private:
    executor executor_;
    std::deque<timer> gates_;
    bool released_ = false;
};

/// One thread's event loop with its layers, driven by hand.
struct loop {
    explicit loop(flight_board& board) : board(board) {}

    void run_what_is_ready() {
        io.restart();
        io.poll();
    }

    flight_board& board;
    std::atomic<std::uint64_t> writes{0};  // as one provider's on all threads, the same for all loops of a board
    tests::counting_observer observer;
    std::chrono::milliseconds timeout{60'000};
    asio::io_context io{1};
    sweeper sweeps{io.get_executor()};
    held_layer next{io.get_executor()};
    coalesce_layer layer{next, board, writes, io.get_executor(), sweeps, timeout, observer};
};

/// A client that waits for one call.
struct client {
    client(loop& on, const char* target, deadline until = much_later()) : client(on, request_for(target), until) {}
    client(loop& on, request asked, deadline until = much_later()) : call(std::move(asked)) {
        asio::co_spawn(
            on.io, on.layer.call(call, until),
            asio::bind_cancellation_slot(gone.slot(), [this](const std::exception_ptr& error, result<answer> returned) {
                thrown = error != nullptr;
                if (!thrown) outcome = std::move(returned);
                ended = true;
            }));
    }

    [[nodiscard]] bool failed_with(fault kind) const {
        return outcome && !outcome->has_value() && outcome->error().kind == kind;
    }

    request call;
    asio::cancellation_signal gone;
    std::optional<result<answer>> outcome;
    bool ended = false;
    bool thrown = false;
};

void run_until_quiet(std::initializer_list<loop*> loops) {
    for (int round = 0; round < 8; ++round) {
        for (loop* const loop : loops)
            loop->run_what_is_ready();
    }
}

}  // namespace

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

TEST_CASE("a refresh is made once over all threads, and nobody has to wait for it") {
    flight_board board;
    loop one{board};
    loop two{board};
    one.layer.refresh(request_for("/a"));
    two.layer.refresh(request_for("/a"));
    one.layer.refresh(request_for("/a"));
    run_until_quiet({&one, &two});
    CHECK(one.next.begun == 1);
    CHECK(two.next.begun == 0);
    two.layer.refresh(request_for("/b"));
    run_until_quiet({&one, &two});
    CHECK(two.next.begun == 1);
    one.next.release();
    run_until_quiet({&one, &two});
    two.layer.refresh(request_for("/a"));
    run_until_quiet({&one, &two});
    CHECK(two.next.begun == 2);
    CHECK(one.observer.count(cache_event::coalesced) + two.observer.count(cache_event::coalesced) == 0);
}

TEST_CASE("who joins a refresh gets its answer, and who leaves it does not stop it") {
    flight_board board;
    loop one{board};
    loop two{board};
    one.layer.refresh(request_for("/a"));
    one.run_what_is_ready();
    client joined{two, "/a"};
    client hurried{two, "/a", steady_clock::now() - 1ms};
    run_until_quiet({&one, &two});
    CHECK(hurried.failed_with(fault::timeout));
    joined.gone.emit(asio::cancellation_type::terminal);
    run_until_quiet({&one, &two});
    CHECK(joined.ended);
    CHECK(one.next.stopped == 0);
    client late{two, "/a"};
    run_until_quiet({&one, &two});
    CHECK(one.next.begun + two.next.begun == 1);
    one.next.release();
    run_until_quiet({&one, &two});
    REQUIRE(late.outcome);
    CHECK((*late.outcome)->content->page.body == "/a");
}

TEST_CASE("who wants it fresh does not join a refresh, and a call under way makes one needless") {
    flight_board board;
    loop one{board};
    one.layer.refresh(request_for("/a"));
    request afresh = request_for("/a");
    afresh.fresh = true;
    client fresh{one, afresh};
    one.run_what_is_ready();
    CHECK(one.next.begun == 2);
    client waiting{one, "/b"};
    one.run_what_is_ready();
    one.layer.refresh(request_for("/b"));
    one.run_what_is_ready();
    CHECK(one.next.begun == 3);
    // A write ends what was begun before it, the refresh too.
    ++one.writes;
    one.layer.refresh(request_for("/a"));
    one.run_what_is_ready();
    CHECK(one.next.begun == 4);
}

TEST_CASE("a refresh whose event loop goes away leaves the board, whether or not anybody has joined it") {
    for (const bool with_passenger : {true, false}) {
        flight_board board;
        auto one = std::make_unique<loop>(board);
        loop two{board};
        one->layer.refresh(request_for("/a"));
        one->run_what_is_ready();
        std::optional<client> passenger;
        if (with_passenger) passenger.emplace(two, "/a");
        two.run_what_is_ready();
        one.reset();
        client next{two, "/a"};
        two.run_what_is_ready();
        CHECK(two.next.begun == 1);
        two.next.release();
        two.run_what_is_ready();
        CHECK(next.outcome->has_value());
    }
}

TEST_CASE("threads that join, leave and land at once all get the answer of their own call") {
    constexpr unsigned thread_count = 3;
    constexpr unsigned calls_each = 2'000;
    flight_board board;
    std::atomic<unsigned> wrong{0};
    std::atomic<unsigned> answered{0};
    std::atomic<unsigned> made{0};

    // Yields to the event loop once, so that others can board.
    class yielding_layer : public layer {
      public:
        yielding_layer(const executor& executor, std::atomic<unsigned>& made) : executor_(executor), made_(made) {}
        awaitable<result<answer>> call(const request& request, deadline) override {
            ++made_;
            const asio::use_awaitable_t<executor> token;
            co_await asio::post(executor_, token);
            co_return answer{content_of(request.target)};
        }

      private:
        executor executor_;
        std::atomic<unsigned>& made_;
    };

    struct place {
        explicit place(flight_board& board, std::atomic<unsigned>& made)
            : next(io.get_executor(), made), layer(next, board, writes, io.get_executor(), sweeps, timeout, observer) {}
        std::chrono::milliseconds timeout{60'000};
        std::atomic<std::uint64_t> writes{0};
        tests::counting_observer observer;
        asio::io_context io{1};
        sweeper sweeps{io.get_executor()};
        yielding_layer next;
        coalesce_layer layer;
    };

    const auto client_of = [&](place& place, unsigned seed) -> awaitable<void> {
        std::minstd_rand random{seed};
        for (unsigned i = 0; i < calls_each; ++i) {
            const request request = request_for("/" + std::to_string(random() % 3));
            const deadline until = random() % 8 == 0 ? steady_clock::now() : much_later();
            const result<answer> outcome = co_await place.layer.call(request, until);
            if (outcome.has_value()) {
                ++answered;
                if (outcome->content->page.body != request.target) ++wrong;
            } else if (outcome.error().kind != fault::timeout) {
                ++wrong;
            }
        }
    };

    std::deque<place> places;
    for (unsigned i = 0; i < thread_count; ++i)
        places.emplace_back(board, made);
    std::atomic<unsigned> clients{thread_count * 4};
    for (unsigned i = 0; i < thread_count * 4; ++i) {
        place& place = places[i % thread_count];
        asio::co_spawn(place.io, client_of(place, i + 1), [&](const std::exception_ptr& thrown) {
            if (thrown) ++wrong;
            if (--clients > 0) return;
            for (auto& each : places)
                each.io.stop();
        });
    }
    std::vector<asio::executor_work_guard<executor>> open;
    for (place& place : places)
        open.push_back(asio::make_work_guard(place.io));
    std::vector<std::thread> threads;
    for (place& place : places)
        threads.emplace_back([&place] { place.io.run(); });
    for (std::thread& thread : threads)
        thread.join();

    CHECK(wrong == 0);
    CHECK(answered > 0);
    CHECK(made <= thread_count * 4 * calls_each);
}

}  // namespace rollcall::adapters
