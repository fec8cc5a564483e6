// When a URL is asked for its keys, and how long they count.
#include "gateway/access/refresh_plan.hpp"

#include "gateway/access/held_key_set.hpp"
#include "tests/gateway/access/issuers.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway {
namespace {

using namespace std::chrono_literals;

const steady_clock::time_point begin{24h};

}  // namespace

TEST_CASE("a URL that answers is asked in its period, one that does not sooner, and less and less often") {
    refresh_plan plan{600s};
    CHECK(plan.failed(begin) == begin + 1s);
    CHECK(plan.failed(begin) == begin + 2s);
    for (int i = 0; i < 10; ++i)
        (void)plan.failed(begin);
    CHECK(plan.failed(begin) == begin + 60s);
    CHECK(plan.succeeded(begin) == begin + 600s);
    CHECK(plan.failed(begin) == begin + 1s);

    refresh_plan often{10s};
    for (int i = 0; i < 10; ++i)
        (void)often.failed(begin);
    CHECK(often.failed(begin) == begin + 10s);
}

TEST_CASE("tokens with unknown keys make it a question a minute, however many come") {
    refresh_plan plan{600s};
    (void)plan.succeeded(begin);
    for (int i = 0; i < 100; ++i)
        CHECK(plan.asked(begin + 5s) == begin + 60s);
    CHECK(plan.asked(begin + 200s) == begin + 60s);
    (void)plan.succeeded(begin + 60s);
    CHECK(plan.asked(begin + 130s) == begin + 130s);
    // It never makes it later.
    (void)plan.succeeded(begin + 200s);
    CHECK(plan.asked(begin + 795s) == begin + 795s);
    (void)plan.failed(begin + 800s);
    CHECK(plan.asked(begin + 800s) == begin + 801s);
}

TEST_CASE("keys count for as long as they are confirmed, those of a file for ever, and none before there are any") {
    const auto keys = testing::keys_of(testing::signers().set());
    held_key_set of_url{600s};
    CHECK_FALSE(of_url.counts_at(testing::noon));
    CHECK(of_url.version() == 0);
    CHECK_FALSE(of_url.wait_until_there(0ms));
    CHECK(of_url.put(keys, testing::noon));
    CHECK(of_url.wait_until_there(0ms));
    CHECK(of_url.version() == 1);
    CHECK(of_url.counts_at(testing::noon + 600s));
    CHECK_FALSE(of_url.counts_at(testing::noon + 601s));
    CHECK_FALSE(of_url.put(testing::keys_of(testing::signers().set()), testing::noon + 700s));
    CHECK(of_url.version() == 1);
    CHECK(of_url.now().confirmed_at == testing::noon + 700s);
    CHECK(of_url.counts_at(testing::noon + 1300s));

    held_key_set of_file;
    CHECK_FALSE(of_file.counts_at(testing::noon));
    CHECK(of_file.put(keys, testing::noon));
    CHECK(of_file.counts_at(testing::noon + 24h * 365));
    of_file.ask_for_newer();
}

}  // namespace rollcall::gateway
