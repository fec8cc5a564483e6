// What replicas spend of common limits: each hears of the others' part, and of no more.
#include "store/spending.hpp"

#include "tests/store/bench.hpp"
#include "tests/support/redis_server.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::store {
namespace {

using namespace std::chrono_literals;
using testing::redis_server;

/// One replica with the limits of `names`, on a loop that the replicas share.
struct replica {
    replica(asio::io_context& io, sweeper& sweeper, const redis_server& server, const std::vector<std::string>& names)
        : redis(io.get_executor(), std::to_string(server.port())),
          place{redis.settings, redis.addresses, nullptr, observer, "here"},
          limits(names.size()),
          names(names) {
        spending.emplace(io.get_executor(), sweeper, place, [this] { return purses(); });
    }

    std::vector<purse> purses() {
        std::vector<purse> found;
        for (std::size_t i = 0; i < names.size(); ++i) {
            limit& limit = limits[i];
            found.push_back({names[i], [&limit] { return std::exchange(limit.spent, 0); },
                             [&limit](std::uint64_t tokens) { limit.elsewhere += tokens; }});
        }
        ++asked;
        return found;
    }

    struct limit {
        std::uint64_t spent = 0;
        std::uint64_t elsewhere = 0;
    };

    tests::local_redis redis;
    tests::counting_observer observer;
    store::place place;
    std::vector<limit> limits;
    std::vector<std::string> names;
    int asked = 0;
    std::optional<store::spending> spending;
};

struct bench : tests::event_loop {
    explicit bench(const std::vector<std::string>& names)
        : one(io, sweeper, redis, names), other(io, sweeper, redis, names) {
        REQUIRE(run_until([this] { return one.observer.readies > 0 && other.observer.readies > 0; }));
        let_pass(3);
    }
    ~bench() {
        one.spending->close();
        other.spending->close();
        run_what_is_ready();
    }
    /// So many rounds of telling.
    void let_pass(int rounds) {
        const int now = std::min(one.asked, other.asked);
        REQUIRE(run_until([&] { return one.asked >= now + rounds && other.asked >= now + rounds; }));
    }

    redis_server redis;
    replica one;
    replica other;
};

}  // namespace

TEST_CASE("what one replica spends the others hear of, each limit by itself") {
    bench bench{{"crm", "wiki"}};
    bench.one.limits[0].spent = 5;
    bench.one.limits[1].spent = 1;
    bench.other.limits[0].spent = 2;
    CHECK(bench.run_until([&] { return bench.other.limits[0].elsewhere == 5 && bench.one.limits[0].elsewhere == 2; }));
    CHECK(bench.run_until([&] { return bench.other.limits[1].elsewhere == 1; }));
    bench.let_pass(3);
    CHECK(bench.other.limits[0].elsewhere == 5);
    CHECK(bench.one.limits[0].elsewhere == 2);
    CHECK(bench.one.limits[1].elsewhere == 0);
}

TEST_CASE("more limits than one command holds are told too") {
    std::vector<std::string> names;
    for (int i = 0; i < 120; ++i)
        names.push_back("client-" + std::to_string(i));
    bench bench{names};
    for (auto& limit : bench.one.limits)
        limit.spent = 3;
    CHECK(bench.run_until([&] {
        return std::ranges::all_of(bench.other.limits, [](const auto& limit) { return limit.elsewhere == 3; });
    }));
}

TEST_CASE("what was spent while Redis was away is told to nobody when it is back") {
    bench bench{{"crm"}};
    bench.redis.kill();
    REQUIRE(bench.run_until([&] { return bench.one.observer.lost > 0 && bench.other.observer.lost > 0; }));
    bench.one.limits[0].spent = 1000;
    bench.let_pass(2);
    CHECK(bench.one.limits[0].spent == 0);
    bench.redis.start();
    REQUIRE(bench.run_until([&] { return bench.one.observer.readies > 1 && bench.other.observer.readies > 1; }));
    bench.let_pass(3);
    CHECK(bench.other.limits[0].elsewhere == 0);
    bench.one.limits[0].spent = 4;
    CHECK(bench.run_until([&] { return bench.other.limits[0].elsewhere == 4; }));
}

}  // namespace rollcall::store
