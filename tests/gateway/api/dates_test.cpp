// Dates of a query: which texts are dates, what instant each stands for, and what the others are told.
#include "gateway/api/dates.hpp"

#include <doctest/doctest.h>

#include <string>
#include <tuple>
#include <vector>

namespace rollcall::gateway {
namespace {

struct read_result {
    date_range range;
    std::vector<std::string> faults;  ///< `name: detail`
};

read_result read(const std::string& query, bool required = false) {
    parameters parameters{query};
    read_result result{read_dates(parameters, required), {}};
    if (const auto problem = parameters.faults()) {
        for (const auto& error : problem->errors)
            result.faults.push_back(error.name + ": " + error.detail);
    }
    return result;
}

using texts = std::vector<std::string>;

const std::string no_date =
    "it must be an RFC 3339 date-time such as 2026-04-01T00:00:00Z, or a date such as 2026-04-01";
const std::string lost_plus = "a + in a query is read as a space: send the + of its offset as %2B";

}  // namespace

TEST_CASE("a date-time with any offset becomes its instant in UTC") {
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z"},
        {"2026-04-01t00:00:00z", "2026-04-01T00:00:00Z"},
        {"2026-04-01T00:00:00%2B02:00", "2026-03-31T22:00:00Z"},
        {"2026-04-01T00%3A00%3A00-05:30", "2026-04-01T05:30:00Z"},
        {"2026-12-31T23:30:00-01:00", "2027-01-01T00:30:00Z"},
        {"2026-04-01T00:00:00.125Z", "2026-04-01T00:00:00.125Z"},
        {"2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
    };
    for (const auto& [sent, utc] : cases) {
        CAPTURE(sent);
        const auto start = read("start_date=" + sent);
        CHECK(start.faults.empty());
        CHECK(start.range.start == utc);
        CHECK_FALSE(start.range.end);
        CHECK(read("end_date=" + sent).range.end == utc);
    }
}

TEST_CASE("the same instant is always the same text") {
    for (const std::string sent : {"2026-04-01T00:00:00Z", "2026-04-01T00:00:00.000Z", "2026-04-01T02:00:00%2B02:00",
                                   "2026-04-01T00:00:00-00:00", "2026-04-01"}) {
        CAPTURE(sent);
        CHECK(read("start_date=" + sent).range.start == "2026-04-01T00:00:00Z");
    }
    CHECK(read("start_date=2026-04-01T00:00:00.500Z").range.start == "2026-04-01T00:00:00.5Z");
    CHECK(read("start_date=2026-04-01T00:00:10Z").range.start == "2026-04-01T00:00:10Z");
}

TEST_CASE("a date is the first moment of its day as a start and the last as an end") {
    const auto whole_day = read("start_date=2024-02-29&end_date=2024-02-29");
    CHECK(whole_day.faults.empty());
    CHECK(whole_day.range.start == "2024-02-29T00:00:00Z");
    CHECK(whole_day.range.end == "2024-02-29T23:59:59.999999Z");
}

TEST_CASE("what is no date, or no day of the calendar, is named") {
    for (const std::string sent : {"",
                                   "yesterday",
                                   "2026",
                                   "2026-04",
                                   "2026-4-1",
                                   "20260401",
                                   "2026-04-31",
                                   "2026-02-29",
                                   "2100-02-29",
                                   "2026-13-01",
                                   "2026-00-10",
                                   "2026-04-00",
                                   "2026-04-01Z",
                                   "2026-04-01T",
                                   "2026-04-01T00:00Z",
                                   "2026-04-01T00:00:00",
                                   "2026-04-01T24:00:00Z",
                                   "2026-04-01T00:60:00Z",
                                   "2026-04-01T00:00:00.Z",
                                   "2026-04-01T00:00:00%2B0200",
                                   "2026-04-01T00:00:00%2B24:00",
                                   "2026-04-01T00:00:00ZZ",
                                   "1775001600",
                                   "%202026-04-01",
                                   "2026-04-01%20",
                                   "2026-04-01%00",
                                   "-026-04-01",
                                   "2026/04/01",
                                   "12026-04-01T00:00:00Z",
                                   "9999-12-31T23:59:59-01:00"}) {
        CAPTURE(sent);
        CHECK(read("start_date=" + sent).faults == texts{"start_date: " + no_date});
        CHECK(read("end_date=" + sent, false).faults == texts{"end_date: " + no_date});
    }
}

TEST_CASE("an offset whose plus was lost on the way is told so") {
    for (const std::string sent :
         {"2026-04-01T00:00:00+02:00", "2026-04-01T00:00:00.5+02:00", "2026-04-01T00:00:00%2002:00"}) {
        CAPTURE(sent);
        CHECK(read("start_date=" + sent).faults == texts{"start_date: " + lost_plus});
    }
    CHECK(read("start_date=2026-04-01+00:00:00Z").faults == texts{"start_date: " + no_date});
}

TEST_CASE("a start behind its end is a fault, and the same moment is none") {
    const std::vector<std::tuple<std::string, std::string, bool>> cases = {
        {"2026-04-02", "2026-04-01", false},
        {"2026-04-01", "2026-04-01", true},
        {"2026-04-01T12:00:00Z", "2026-04-01", true},
        {"2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z", true},
        {"2026-04-01T00:00:00.5Z", "2026-04-01T00:00:00.50Z", true},
        {"2026-04-01T00:00:00Z", "2026-04-01T00:00:00.5Z", true},
        {"2026-04-01T00:00:00.5Z", "2026-04-01T00:00:00Z", false},
        {"2026-04-01T00:00:00.25Z", "2026-04-01T00:00:00.5Z", true},
        {"2026-04-01T00:00:00.5Z", "2026-04-01T00:00:00.25Z", false},
        {"2026-04-01T01:00:00%2B02:00", "2026-03-31T23:30:00Z", true},
        {"2026-04-01T01:00:00-02:00", "2026-04-01T02:30:00Z", false},
    };
    for (const auto& [start, end, good] : cases) {
        CAPTURE(start);
        CAPTURE(end);
        CHECK(read("start_date=" + start + "&end_date=" + end).faults ==
              (good ? texts{} : texts{"start_date: it must not be after end_date"}));
    }
}

TEST_CASE("dates that are required are named one by one where they are missing") {
    CHECK(read("", true).faults == texts{"start_date: it is required", "end_date: it is required"});
    CHECK(read("start_date=2026-04-01", true).faults == texts{"end_date: it is required"});
    CHECK(read("end_date=2026-04-01", true).faults == texts{"start_date: it is required"});
    CHECK(read("start_date=2026-04-01&end_date=2026-04-30", true).faults.empty());
    CHECK(read("").faults.empty());
    CHECK_FALSE(read("").range.start);
}

TEST_CASE("days are one of four, and thirty where nothing is said") {
    const auto days = [](const std::string& query) {
        parameters parameters{query};
        const std::string value = read_days(parameters);
        return std::pair{value, !parameters.faults().has_value()};
    };
    CHECK(days("") == std::pair<std::string, bool>{"30", true});
    for (const std::string value : {"7", "30", "90", "all"})
        CHECK(days("days=" + value) == std::pair{value, true});
    for (const std::string value : {"", "0", "8", "07", "7.0", "-7", "ALL", "all%20", "365", "7,30"}) {
        CAPTURE(value);
        CHECK_FALSE(days("days=" + value).second);
    }
}

}  // namespace rollcall::gateway
