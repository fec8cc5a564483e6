// How long the keys of an issuer count, and when its URL is asked for them.
#include "gateway/access/held_key_set.hpp"

#include "gateway/access/key_set_download.hpp"
#include "tests/gateway/access/issuers.hpp"

#include <doctest/doctest.h>

namespace rollcall::gateway {

using namespace std::chrono_literals;

TEST_CASE("a URL that fails is asked once a minute at the least, and tokens with unknown keys ask no more often") {
    const steady_clock::time_point begin{24h};
    refresh_schedule schedule{key_set_download::pace(600s)};
    CHECK(schedule.succeeded(begin) == begin + 600s);
    CHECK(schedule.hurried(begin + 5s) == begin + 60s);
    for (const auto wait : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s})
        CHECK(schedule.failed(begin) == begin + wait);
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
