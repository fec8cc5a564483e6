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

std::vector<operation_kind> every_operation() {
    std::vector<operation_kind> all;
    for (std::size_t i = 0; i < operation_count; ++i)
        all.push_back(static_cast<operation_kind>(i));
    return all;
}

}  // namespace

TEST_CASE("every success is one") {
    for (const unsigned status : {200U, 201U, 202U, 204U, 206U, 299U}) {
        for (const operation_kind operation : every_operation())
            CHECK_FALSE(judge_status(status, operation));
    }
}

TEST_CASE("a status says whose fault a failure is") {
    const std::vector<std::pair<unsigned, fault>> for_all = {
        {301, fault::error}, {304, fault::error}, {401, fault::auth_failed}, {403, fault::auth_failed},
        {405, fault::error}, {410, fault::error}, {415, fault::error},       {429, fault::rate_limited},
        {500, fault::error}, {502, fault::error}, {503, fault::error},       {504, fault::error},
        {599, fault::error}, {600, fault::error}, {199, fault::error},       {0, fault::error},
    };
    for (const auto& [status, kind] : for_all) {
        CAPTURE(status);
        for (const operation_kind operation : every_operation())
            CHECK(judge_status(status, operation) == kind);
    }
}

TEST_CASE("a refusal is the caller's affair but for the list of agents, and a conflict where something is changed") {
    for (const operation_kind operation : every_operation()) {
        CAPTURE(name_of(operation));
        const bool list = operation == operation_kind::list;
        const bool nothing_to_find = list || operation == operation_kind::create;
        CHECK(judge_status(404, operation) == (nothing_to_find ? fault::error : fault::not_found));
        for (const unsigned status : {400U, 422U})
            CHECK(judge_status(status, operation) == (list ? fault::error : fault::rejected));
        CHECK(judge_status(409, operation) == (is_write(operation) ? fault::rejected : fault::error));
    }
}

TEST_CASE("a credential is hidden wherever it stands, even where the text was cut in its middle") {
    const auto hidden = [](std::string message, const std::string& credential = "0123456789") {
        upstream_error said{.status = 401, .code = {}, .message = std::move(message)};
        hide(secret{credential}, {"authorization", authentication::scheme::bearer}, said);
        return said.message;
    };
    CHECK(hidden("the key 0123456789") == "the key ***");
    CHECK(hidden("01234567890123456789") == "******");
    CHECK(hidden("the key 012345678") == "the key ***");
    CHECK(hidden("the key 01234567") == "the key ***");
    CHECK(hidden("the key 0123456") == "the key 0123456");
    CHECK(hidden("nothing") == "nothing");
    CHECK(hidden("", "0123456789").empty());
    // What is so short stands in any text, and is no secret.
    CHECK(hidden("bad key", "k") == "bad key");
    CHECK(hidden("bad key", "") == "bad key");
    CHECK(hidden("for user-name and pass-word", "user-name:pass-word") == "for user-name and pass-word");
}

TEST_CASE("of user and password neither is given out, nor the two together as they were sent") {
    const auto hidden = [](std::string message, const std::string& credential = "user-name:pass-word") {
        upstream_error said{.status = 401, .code = message, .message = message, .details = {{message, message}}};
        hide(secret{credential}, {"authorization", authentication::scheme::basic}, said);
        CHECK(said.code == said.message);
        CHECK(said.details.at(0).member == said.message);
        CHECK(said.details.at(0).why == said.message);
        return said.message;
    };
    CHECK(hidden("for user-name:pass-word") == "for ***");
    CHECK(hidden("for user-name and pass-word.") == "for *** and ***.");
    CHECK(hidden("for pass-word:user-name") == "for ***:***");
    CHECK(hidden("got 'Basic dXNlci1uYW1lOnBhc3Mtd29yZA=='.") == "got 'Basic ***=='.");
    CHECK(hidden("got dXNlci1uYW1lOnBhc3Mtd29yZA") == "got ***");
    CHECK(hidden("cut in dXNlci1uYW1lOnBhc") == "cut in ***");
    CHECK(hidden("cut in user-name:pass-w") == "cut in ***");
    CHECK(hidden("cut in the user-nam") == "cut in the ***");
    CHECK(hidden("nothing") == "nothing");
    // The key of some is the user, with any password.
    CHECK(hidden("user 0123456789, password X", "0123456789:X") == "user ***, password X");
    CHECK(hidden("MDEyMzQ1Njc4OTpY", "0123456789:X") == "***");
    // A password may hold colons, and a user none (RFC 7617, section 2).
    CHECK(hidden("user name, password pass:word", "name:pass:word") == "user name, password ***");
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
        {"Sunday, 06-Nov-94 08:50:07 GMT", "", 30s},
        {"Sunday, 06-Nov-94 08:49:36 GMT", "", std::nullopt},
        {"Sunday, 06-Nov-94 08:50:07", "", std::nullopt},
        {"Sun Nov  6 08:50:07 1994", "", 30s},
        {"Sun Nov  6 08:49:36 1994", "", std::nullopt},
        {"Mon Nov 14 08:49:37 1994", "", 24h},
        {"Sun Nov  6 08:50:07 1994 GMT", "", std::nullopt},
        // A year of two digits is the last one that is not more than 50 years ahead.
        {"Wednesday, 31-Dec-69 23:59:59 GMT", "", std::nullopt},
        {"Thursday, 01-Jan-04 00:00:00 GMT", "", 24h},
        {"Sunday, 06-Nov-44 08:49:37 GMT", "", 24h},
        {"Monday, 06-Nov-44 08:49:38 GMT", "", std::nullopt},
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
