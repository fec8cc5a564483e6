// What a status means, and when a provider that refused may be asked again.
#include "adapters/pipeline/exchange.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

using namespace std::chrono_literals;

/// Sun, 06 Nov 1994 08:49:37 GMT
constexpr std::int64_t epoch = 784111777;
const system_clock::time_point now{std::chrono::seconds{epoch}};

}  // namespace

TEST_CASE("every success is one") {
    for (const unsigned status : {200U, 201U, 204U, 206U, 299U}) {
        CHECK_FALSE(judge_status(status, operation_kind::list));
        CHECK_FALSE(judge_status(status, operation_kind::get));
    }
}

TEST_CASE("a status says whose fault a failure is") {
    const std::vector<std::pair<unsigned, fault>> for_both = {
        {301, fault::error}, {304, fault::error}, {401, fault::auth_failed},  {403, fault::auth_failed},
        {405, fault::error}, {409, fault::error}, {429, fault::rate_limited}, {500, fault::error},
        {502, fault::error}, {503, fault::error}, {504, fault::error},        {599, fault::error},
        {600, fault::error}, {199, fault::error},
    };
    for (const auto& [status, kind] : for_both) {
        CAPTURE(status);
        CHECK(judge_status(status, operation_kind::list) == kind);
        CHECK(judge_status(status, operation_kind::get) == kind);
    }
}

TEST_CASE("only for one agent is a refusal the caller's affair") {
    CHECK(judge_status(404, operation_kind::get) == fault::not_found);
    CHECK(judge_status(400, operation_kind::get) == fault::rejected);
    CHECK(judge_status(422, operation_kind::get) == fault::rejected);
    for (const unsigned status : {400U, 404U, 422U})
        CHECK(judge_status(status, operation_kind::list) == fault::error);
}

TEST_CASE("the time to come back is read in seconds, as a date, or from the rate limit's reset") {
    struct row {
        std::string retry_after;
        std::string reset;
        std::optional<std::chrono::seconds> wait;
    };
    const std::vector<row> rows = {
        {"", "", std::nullopt},
        {"0", "", 0s},
        {"120", "", 120s},
        {"86400", "", 24h},
        {"86401", "", 24h},
        {"9223372036854775807", "", 24h},
        {"9223372036854775808", "", std::nullopt},
        {"-1", "", std::nullopt},
        {"1.5", "", std::nullopt},
        {"5s", "", std::nullopt},
        {"+5", "", std::nullopt},
        {"Sun, 06 Nov 1994 08:50:07 GMT", "", 30s},
        {"Sun, 06 Nov 1994 08:49:37 GMT", "", 0s},
        {"Sun, 06 Nov 1994 08:49:36 GMT", "", std::nullopt},
        {"Sun, 06 Nov 1994 08:50:07 GMT+1", "", std::nullopt},
        {"Fri, 31 Dec 9999 23:59:59 GMT", "", 24h},
        {"soon", "", std::nullopt},
        {"soon", std::to_string(epoch + 7), 7s},
        {"", std::to_string(epoch + 60), 60s},
        {"", std::to_string(epoch), 0s},
        {"", std::to_string(epoch - 1), std::nullopt},
        {"", "60", std::nullopt},
        {"", "9223372036854775807", 24h},
        {"", "-9223372036854775808", std::nullopt},
        {"3", std::to_string(epoch + 60), 3s},
    };
    for (const row& row : rows) {
        CAPTURE(row.retry_after);
        CAPTURE(row.reset);
        CHECK(retry_after_of(row.retry_after, row.reset, now) == row.wait);
    }
}

}  // namespace rollcall::adapters
