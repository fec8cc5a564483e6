// When which address is tried, by moments passed in; and in which order the addresses stand.
#include "adapters/transport/connect_schedule.hpp"

#include "adapters/transport/address_order.hpp"

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using rollcall::adapters::connect_schedule;
using rollcall::adapters::let_families_take_turns;
using step = connect_schedule::step;

namespace {

const rollcall::steady_clock::time_point start{1000s};

std::string told(const step& step) {
    switch (step.what) {
        case step::kind::start:
            return "start " + std::to_string(step.index);
        case step::kind::wait:
            if (step.until == rollcall::deadline::max()) return "wait";
            return "wait until " +
                   std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(step.until - start).count());
        case step::kind::lost:
            break;
    }
    return "lost";
}

/// Plays events at moments in milliseconds: `100` asks what is to be done then, `f2` says that the attempt of the
/// third address has failed.
std::string play(connect_schedule& schedule, const std::string& events) {
    std::istringstream words(events);
    std::string all;
    for (std::string event; words >> event;) {
        if (event.front() == 'f') {
            schedule.failed(std::stoul(event.substr(1)));
            continue;
        }
        if (!all.empty()) all += ", ";
        all += told(schedule.next(start + std::chrono::milliseconds{std::stol(event)}));
    }
    return all;
}

std::string ordered(const std::vector<const char*>& texts) {
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
    for (const char* const text : texts)
        endpoints.emplace_back(boost::asio::ip::make_address(text), 443);
    let_families_take_turns(endpoints);
    std::string all;
    for (const auto& endpoint : endpoints)
        all += (all.empty() ? "" : " ") + endpoint.address().to_string();
    return all;
}

}  // namespace

TEST_CASE("addresses are tried a quarter of a second apart, or as soon as the one before has failed") {
    struct row {
        std::size_t addresses;
        std::chrono::milliseconds time;
        const char* events;
        const char* told;
    };
    const row rows[] = {
        {1, 2s, "0 0 300 f0 301", "start 0, wait, wait, lost"},
        {2, 2s, "0 0 249 250 250", "start 0, wait until 250, wait until 250, start 1, wait"},
        {3, 2s, "0 255 255 505", "start 0, start 1, wait until 505, start 2"},
        {2, 2s, "0 f0 20 20 f1 30", "start 0, start 1, wait, lost"},
        // While an earlier one goes on, only the latest one's failure brings the next forward.
        {3, 2s, "0 250 f0 260 f1 270 270", "start 0, start 1, wait until 500, start 2, wait"},
        // The latest has failed, and so has then the earlier one: each brings one forward.
        {4, 2s, "0 250 f1 260 f0 270 510", "start 0, start 1, start 2, wait until 510, start 3"},
        {3, 2s, "0 250 f1 f0 260 f2 270", "start 0, start 1, start 2, lost"},
        // With little time each address still has its turn.
        {2, 200ms, "0 0 100", "start 0, wait until 100, start 1"},
        {4, 200ms, "0 50 50 100 150", "start 0, start 1, wait until 100, start 2, start 3"},
        {100, 200ms, "0 0 10 10", "start 0, wait until 10, start 1, wait until 20"},
        {2, -5ms, "0 0", "start 0, wait until 10"},
        {0, 2s, "0", "lost"},
    };
    for (const row& row : rows) {
        CAPTURE(row.events);
        connect_schedule schedule(row.addresses, start, start + row.time);
        CHECK(play(schedule, row.events) == row.told);
    }
}

TEST_CASE("the families take turns, beginning with that of the first address, and keep their own order") {
    CHECK(ordered({}) == "");
    CHECK(ordered({"192.0.2.1"}) == "192.0.2.1");
    CHECK(ordered({"192.0.2.1", "192.0.2.2"}) == "192.0.2.1 192.0.2.2");
    CHECK(ordered({"2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"}) ==
          "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2");
    CHECK(ordered({"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"}) ==
          "192.0.2.1 2001:db8::1 192.0.2.2 192.0.2.3");
    CHECK(ordered({"192.0.2.1", "2001:db8::1", "2001:db8::2", "2001:db8::3", "192.0.2.2"}) ==
          "192.0.2.1 2001:db8::1 192.0.2.2 2001:db8::2 2001:db8::3");
}
