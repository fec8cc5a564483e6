// How many calls a provider may be sent: the configured quota, and what the provider says of it.
#include "adapters/pipeline/quota.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;
using outcome = quota_account::outcome;

const steady_clock::time_point start{1000s};
constexpr std::int64_t epoch = 1'700'000'000;

/// Takes until nothing is left; the calls end at once.
unsigned take_all(quota_account& account, steady_clock::time_point now) {
    for (unsigned taken = 0;; ++taken) {
        REQUIRE(taken < 10'000);
        const auto ticket = account.take(now);
        if (!ticket.granted) return taken;
        account.end(ticket, outcome::sent);
    }
}

}  // namespace

TEST_CASE("the configuration's quota counts before the profile's, and without either there is none") {
    config::provider settings;
    profile profile;
    CHECK_FALSE(quota_of(settings, profile));
    profile.quota = quota{60, 60s};
    REQUIRE(quota_of(settings, profile));
    CHECK(quota_of(settings, profile)->calls == 60);
    settings.quota = config::provider_quota{5, 10s};
    CHECK(quota_of(settings, profile)->calls == 5);
    CHECK(quota_of(settings, profile)->per == 10s);
}

TEST_CASE("as many calls as the quota has may come at once, and no more until they come back") {
    quota_account account{quota{5, 60s}};
    CHECK(account.left(start) == 5);
    CHECK(take_all(account, start) == 5);
    CHECK(account.left(start) == 0);
    const auto refused = account.take(start);
    CHECK_FALSE(refused.granted);
    CHECK(refused.wait >= 60s);
    CHECK(refused.wait <= 61s);
    CHECK(take_all(account, start + 59s) == 0);
    CHECK_FALSE(account.take(start + refused.wait - 1ns).granted);
    CHECK(take_all(account, start + refused.wait) == 5);
}

TEST_CASE("calls come back one by one as they were taken") {
    quota_account account{quota{3, 60s}};
    for (const auto at : {0s, 20s, 40s})
        CHECK(account.take(start + at).granted);
    CHECK_FALSE(account.take(start + 50s).granted);
    CHECK(account.left(start + 61s) == 1);
    CHECK(account.take(start + 61s).granted);
    CHECK_FALSE(account.take(start + 61s).granted);
    CHECK(account.left(start + 101s) == 2);
}

TEST_CASE("no span of the quota's length ever holds more calls, however they come") {
    struct row {
        quota limit;
        steady_clock::duration apart;
    };
    const row rows[] = {{{60, 60s}, 10ms}, {{60, 60s}, 300ms}, {{60, 60s}, 999ms}, {{1, 1s}, 7ms},
                        {{5, 24h}, 11min}, {{10, 1s}, 3ms},    {{7, 90s}, 1700ms}};
    for (const row& row : rows) {
        quota_account account{row.limit};
        std::deque<steady_clock::time_point> sent;
        unsigned total = 0;
        auto now = start;
        for (; now < start + 5 * row.limit.per; now += row.apart) {
            const auto ticket = account.take(now);
            if (!ticket.granted) continue;
            account.end(ticket, outcome::sent);
            sent.push_back(now);
            ++total;
            while (sent.front() <= now - row.limit.per)
                sent.pop_front();
            CHECK(sent.size() <= row.limit.calls);
        }
        CAPTURE(row.limit.calls);
        // And it is made use of: in five times its length at least four times the quota.
        CHECK(total >= std::min<std::int64_t>(4 * row.limit.calls, 5 * row.limit.per / row.apart));
    }
}

TEST_CASE("a call of which nothing was sent is given back, one that may have been is not") {
    quota_account account{quota{2, 60s}};
    const auto first = account.take(start);
    const auto second = account.take(start);
    account.end(first, outcome::unsent);
    CHECK(account.left(start) == 1);
    account.end(second, outcome::sent);
    CHECK(account.left(start) == 1);
}

TEST_CASE("without a quota nothing limits the calls until the provider says something") {
    quota_account account{std::nullopt};
    CHECK_FALSE(account.left(start));
    for (int i = 0; i < 1000; ++i)
        account.end(account.take(start), outcome::sent);
    account.announce({3, 30s}, start);
    CHECK(account.left(start) == 3);
    CHECK(take_all(account, start) == 3);
    const auto refused = account.take(start + 10s);
    CHECK_FALSE(refused.granted);
    CHECK(refused.wait == 20s);
    CHECK(account.take(start + 30s).granted);
    CHECK_FALSE(account.left(start + 30s));
}

TEST_CASE("the provider's word can only lower the quota") {
    quota_account account{quota{10, 60s}};
    account.announce({4, 30s}, start);
    CHECK(account.left(start) == 4);
    CHECK(take_all(account, start) == 4);
    account.announce({1000, 30s}, start);
    CHECK(account.left(start) == 6);
    CHECK(take_all(account, start) == 6);
    CHECK(account.left(start) == 0);
}

TEST_CASE("calls under way are taken off what the provider announces, but for the one that brought it") {
    quota_account account{std::nullopt};
    std::vector<quota_account::ticket> under_way;
    for (int i = 0; i < 4; ++i)
        under_way.push_back(account.take(start));
    account.announce({10, 30s}, start);
    CHECK(account.left(start) == 7);
    account.announce({2, 30s}, start);
    CHECK(account.left(start) == 0);
    for (const auto& ticket : under_way)
        account.end(ticket, outcome::sent);
    account.announce({9, 30s}, start);
    CHECK(account.left(start) == 9);
}

TEST_CASE("an unsent call goes back to the announcement that it was taken from, and to no other") {
    quota_account account{std::nullopt};
    const auto before = account.take(start);
    account.announce({5, 30s}, start);
    account.end(before, outcome::unsent);
    CHECK(account.left(start) == 5);
    const auto during = account.take(start);
    CHECK(account.left(start) == 4);
    account.end(during, outcome::unsent);
    CHECK(account.left(start) == 5);
    const auto earlier = account.take(start);
    account.announce({5, 40s}, start);
    account.end(earlier, outcome::unsent);
    CHECK(account.left(start) == 5);
}

TEST_CASE("after a refusal nothing is sent before the time that the provider named") {
    for (const bool configured : {false, true}) {
        quota_account account{configured ? std::optional{quota{10, 60s}} : std::nullopt};
        account.refused(7s, start);
        CHECK(account.left(start) == 0);
        const auto refused = account.take(start + 2s);
        CHECK_FALSE(refused.granted);
        CHECK(refused.wait == 5s);
        // A shorter word of another call does not shorten it.
        account.refused(1s, start);
        CHECK_FALSE(account.take(start + 7s - 1ns).granted);
        CHECK(account.take(start + 7s).granted);
    }
}

TEST_CASE("a refusal without a time holds for a moment, with a zero not at all, and no word holds for ever") {
    quota_account account{std::nullopt};
    account.refused(std::nullopt, start);
    CHECK_FALSE(account.take(start + 999ms).granted);
    CHECK(account.take(start + 1s).granted);
    account.refused(0s, start + 2s);
    CHECK(account.take(start + 2s).granted);
    account.refused(24h, start + 3s);
    CHECK_FALSE(account.take(start + 1h).granted);
    CHECK(account.take(start + 1h + 3s).granted);
    account.announce({0, 24h}, start + 2h);
    CHECK_FALSE(account.take(start + 3h - 1ns).granted);
    CHECK(account.take(start + 3h).granted);
}

TEST_CASE("the headers of a quota are believed where they are whole and lie ahead") {
    struct row {
        std::string remaining;
        std::string reset;
        std::optional<std::pair<std::uint64_t, std::chrono::seconds>> read;
    };
    const system_clock::time_point now{std::chrono::seconds{epoch}};
    using read = std::pair<std::uint64_t, std::chrono::seconds>;
    const row rows[] = {
        {"", "", std::nullopt},
        {"5", "", std::nullopt},
        {"", std::to_string(epoch + 5), std::nullopt},
        {"5", std::to_string(epoch + 30), read{5, 30s}},
        {"0", std::to_string(epoch + 1), read{0, 1s}},
        {"5", std::to_string(epoch), std::nullopt},
        {"5", std::to_string(epoch - 1), std::nullopt},
        {"5", "30", std::nullopt},
        {"5", std::to_string(epoch + 7200), read{5, 1h}},
        {"5", "18446744073709551615", read{5, 1h}},
        {"5", "18446744073709551616", std::nullopt},
        {"18446744073709551615", std::to_string(epoch + 30), read{1'000'000'000, 30s}},
        {"-1", std::to_string(epoch + 30), std::nullopt},
        {"5.0", std::to_string(epoch + 30), std::nullopt},
        {"5 ", std::to_string(epoch + 30), std::nullopt},
        {"many", std::to_string(epoch + 30), std::nullopt},
    };
    for (const row& row : rows) {
        CAPTURE(row.remaining);
        CAPTURE(row.reset);
        const auto announced = announced_quota_of(row.remaining, row.reset, now);
        REQUIRE(announced.has_value() == row.read.has_value());
        if (!announced) continue;
        CHECK(announced->remaining == row.read->first);
        CHECK(announced->reset_in == row.read->second);
    }
}

}  // namespace rollcall::adapters
