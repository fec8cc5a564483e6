// Names and their addresses: what is known when, and what a failed lookup leaves.
#include "adapters/transport/addresses.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <optional>
#include <thread>

using namespace std::chrono_literals;
using rollcall::adapters::addresses;
namespace asio = boost::asio;

namespace {

/// A housekeeping thread.
struct housekeeping {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    std::thread thread{[this] { context.run(); }};

    ~housekeeping() {
        context.stop();
        thread.join();
    }
};

addresses::list one_address(const char* text) {
    return {{asio::ip::make_address(text), 80}};
}

}  // namespace

TEST_CASE("a literal address is known at once, without a lookup") {
    asio::io_context never_run;
    const addresses v4(never_run.get_executor(), "127.0.0.1", "8080");
    REQUIRE(v4.snapshot());
    CHECK(*v4.snapshot() == addresses::list{{asio::ip::make_address("127.0.0.1"), 8080}});
    const addresses v6(never_run.get_executor(), "::1", "443");
    REQUIRE(v6.snapshot());
    CHECK(*v6.snapshot() == addresses::list{{asio::ip::make_address("::1"), 443}});
    CHECK(v6.wait_until_resolved(0ms));
}

TEST_CASE("a name is unknown until it has been looked up on the housekeeping thread") {
    asio::io_context context{1};
    const addresses local(context.get_executor(), "localhost", "8080");
    CHECK_FALSE(local.snapshot());
    CHECK_FALSE(local.wait_until_resolved(1ms));
    std::thread thread([&] { context.run(); });
    CHECK(local.wait_until_resolved(30s));
    REQUIRE(local.snapshot());
    CHECK(local.snapshot()->front().address().is_loopback());
    CHECK(local.snapshot()->front().port() == 8080);
    context.stop();
    thread.join();
}

TEST_CASE("a failed first lookup is tried again after a second") {
    int lookups = 0;
    housekeeping house;
    const addresses known(house.context.get_executor(), [&](const addresses::answer& answer) {
        const bool fails = ++lookups == 1;
        asio::post(house.context, [answer, fails] {
            if (fails) {
                answer(asio::error::host_not_found, {});
            } else {
                answer({}, one_address("192.0.2.1"));
            }
        });
    });
    CHECK(known.wait_until_resolved(30s));
    CHECK(*known.snapshot() == one_address("192.0.2.1"));
}

TEST_CASE("a report looks the name up anew, and a failed lookup keeps the last good list") {
    asio::io_context context{1};
    int lookups = 0;
    std::optional<addresses> known;
    known.emplace(context.get_executor(), [&](const addresses::answer& answer) {
        const int number = ++lookups;
        asio::post(context, [answer, number] {
            if (number == 2) {
                answer(asio::error::host_not_found_try_again, {});
            } else {
                answer({}, one_address(number == 1 ? "192.0.2.1" : "192.0.2.3"));
            }
        });
    });
    context.poll();
    CHECK(lookups == 1);
    known->report_unreachable();
    known->report_unreachable();
    while (lookups < 2)
        context.run_one();
    context.poll();
    CHECK(*known->snapshot() == one_address("192.0.2.1"));
    while (*known->snapshot() == one_address("192.0.2.1"))
        context.run_one();
    CHECK(lookups == 3);
    CHECK(*known->snapshot() == one_address("192.0.2.3"));
    known.reset();
    context.run();  // returns only because nothing is planned any more
    CHECK(lookups == 3);
}

TEST_CASE("addresses may be destroyed while a lookup is on its way") {
    asio::io_context context{1};
    addresses::answer late;
    {
        const addresses known(context.get_executor(), [&](const addresses::answer& answer) { late = answer; });
        context.poll();
        REQUIRE(late);
    }
    context.restart();
    context.poll();
    late({}, one_address("192.0.2.1"));
    late = nullptr;
    context.restart();
    CHECK(context.poll() == 0);
}

TEST_CASE("lookups follow each other after 30 s, sooner after failures, and never within a second") {
    rollcall::refresh_schedule schedule{addresses::pace};
    const rollcall::steady_clock::time_point start{1000s};
    CHECK(schedule.succeeded(start) == start + 30s);
    CHECK(schedule.hurried(start + 200ms) == start + 1s);
    for (const auto wait : {1s, 2s, 4s, 8s, 16s, 30s, 30s})
        CHECK(schedule.failed(start) == start + wait);
}
