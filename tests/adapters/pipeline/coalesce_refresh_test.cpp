// Refreshes are made once over all threads, wait for nobody, and are joined by those who come meanwhile.
#include "adapters/pipeline/coalesce.hpp"
#include "tests/adapters/pipeline/coalesce_bench.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>

namespace rollcall::adapters {

using namespace std::chrono_literals;
using tests::client;
using tests::loop;
using tests::request_for;
using tests::run_until_quiet;

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

}  // namespace rollcall::adapters
