// Instants, by table: what comes in, and the UTC that goes out.
#include "normalizers/time.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::normalizers {
namespace {

constexpr std::string_view refused = "refused";

std::string utc(std::string_view text) {
    std::string out = ">";
    const bool understood = append_utc(out, text);
    if (!understood) CHECK(out == ">");
    return understood ? out.substr(1) : std::string{refused};
}

std::string utc_of_epoch(std::string_view number, time_form form) {
    std::string out = ">";
    const bool understood = append_utc_of_epoch(out, number, form);
    if (!understood) CHECK(out == ">");
    return understood ? out.substr(1) : std::string{refused};
}

TEST_CASE("an instant is written in UTC with its fraction digit for digit") {
    struct {
        const char* situation;
        std::string_view sent;
        std::string_view written;
    } const rows[] = {
        {"UTC", "2025-01-15T10:30:00Z", "2025-01-15T10:30:00Z"},
        {"small letters", "2025-01-15t10:30:00z", "2025-01-15T10:30:00Z"},
        {"microseconds", "2026-03-12T01:28:11.008525Z", "2026-03-12T01:28:11.008525Z"},
        {"a fraction's last zeros", "2026-03-12T01:28:11.500Z", "2026-03-12T01:28:11.500Z"},
        {"nanoseconds", "2026-03-12T01:28:11.123456789Z", "2026-03-12T01:28:11.123456789Z"},
        {"an offset of zero", "2025-01-15T10:30:00+00:00", "2025-01-15T10:30:00Z"},
        {"an offset that is not known", "2025-01-15T10:30:00-00:00", "2025-01-15T10:30:00Z"},
        {"east of UTC", "2025-01-15T10:30:00+02:00", "2025-01-15T08:30:00Z"},
        {"west of UTC", "2025-01-15T10:30:00-05:30", "2025-01-15T16:00:00Z"},
        {"an offset and a fraction", "2025-01-15T10:30:00.25+02:00", "2025-01-15T08:30:00.25Z"},
        {"the next year in UTC", "2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z"},
        {"the last year in UTC", "2025-01-01T00:30:00+01:00", "2024-12-31T23:30:00Z"},
        {"a leap day", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"},
        {"into a leap day", "2024-02-28T23:59:59-00:01", "2024-02-29T00:00:59Z"},
        {"a leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
        {"the first instant", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"},
        {"the last instant", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
        {"the widest offset", "2025-01-15T10:30:00+23:59", "2025-01-14T10:31:00Z"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        CHECK(utc(row.sent) == row.written);
    }
}

TEST_CASE("what names no instant is refused, and nothing is written") {
    struct {
        const char* situation;
        std::string_view sent;
    } const rows[] = {
        {"nothing", ""},
        {"a date alone", "2025-01-15"},
        {"no offset", "2025-01-15T10:30:00"},
        {"no offset behind a fraction", "2025-01-15T10:30:00.5"},
        {"no seconds", "2025-01-15T10:30Z"},
        {"a blank between", "2025-01-15 10:30:00Z"},
        {"month 13", "2025-13-15T10:30:00Z"},
        {"month 0", "2025-00-15T10:30:00Z"},
        {"day 0", "2025-01-00T10:30:00Z"},
        {"30 February", "2025-02-30T10:30:00Z"},
        {"29 February of a common year", "2025-02-29T10:30:00Z"},
        {"29 February of 1900", "1900-02-29T10:30:00Z"},
        {"hour 24", "2025-01-15T24:00:00Z"},
        {"minute 60", "2025-01-15T10:60:00Z"},
        {"second 61", "2025-01-15T10:30:61Z"},
        {"a year beyond four digits", "10000-01-01T00:00:00Z"},
        {"a year below zero", "-001-01-01T00:00:00Z"},
        {"before year 0 in UTC", "0000-01-01T00:00:00+00:01"},
        {"after year 9999 in UTC", "9999-12-31T23:59:59-00:01"},
        {"an empty fraction", "2025-01-15T10:30:00.Z"},
        {"a fraction of ten digits", "2025-01-15T10:30:00.1234567890Z"},
        {"a fraction without an end", "2025-01-15T10:30:00.123456789"},
        {"a comma before the fraction", "2025-01-15T10:30:00,5Z"},
        {"an offset without a colon", "2025-01-15T10:30:00+0200"},
        {"an offset of hours alone", "2025-01-15T10:30:00+02"},
        {"an offset of 24 hours", "2025-01-15T10:30:00+24:00"},
        {"an offset of 60 minutes", "2025-01-15T10:30:00+01:60"},
        {"more behind", "2025-01-15T10:30:00Zulu"},
        {"more behind the offset", "2025-01-15T10:30:00+02:00 "},
        {"signs among the digits", "2025-01-15T10:30:+1Z"},
        {"blanks among the digits", "2025-01- 5T10:30:00Z"},
        {"other separators", "2025/01/15T10:30:00Z"},
        {"words", "yesterday, about tea time"},
        {"digits of another script", "２０２５-01-15T10:30:00Z"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        CHECK(utc(row.sent) == refused);
    }
}

TEST_CASE("an epoch number is written in UTC") {
    struct {
        const char* situation;
        std::string_view number;
        time_form form;
        std::string_view written;
    } const rows[] = {
        {"zero", "0", time_form::epoch_seconds, "1970-01-01T00:00:00Z"},
        {"zero below zero", "-0", time_form::epoch_seconds, "1970-01-01T00:00:00Z"},
        {"seconds", "1736937000", time_form::epoch_seconds, "2025-01-15T10:30:00Z"},
        {"milliseconds", "1736937000000", time_form::epoch_milliseconds, "2025-01-15T10:30:00Z"},
        {"milliseconds that are no whole second", "1736937000042", time_form::epoch_milliseconds,
         "2025-01-15T10:30:00.042Z"},
        {"a fraction of a second", "1736937000.5", time_form::epoch_seconds, "2025-01-15T10:30:00.500Z"},
        {"an exponent", "1.736937e9", time_form::epoch_seconds, "2025-01-15T10:30:00Z"},
        {"before 1970", "-1", time_form::epoch_seconds, "1969-12-31T23:59:59Z"},
        {"a fraction before 1970", "-0.5", time_form::epoch_seconds, "1969-12-31T23:59:59.500Z"},
        {"a fraction of a millisecond", "1736937000000.4", time_form::epoch_milliseconds, "2025-01-15T10:30:00Z"},
        {"the first second", "-62167219200", time_form::epoch_seconds, "0000-01-01T00:00:00Z"},
        {"the last second", "253402300799", time_form::epoch_seconds, "9999-12-31T23:59:59Z"},
    };
    for (const auto& row : rows) {
        INFO(row.situation);
        CHECK(utc_of_epoch(row.number, row.form) == row.written);
    }
}

TEST_CASE("an epoch number beyond the calendar, or none at all, is refused") {
    for (const std::string_view number :
         {"253402300800", "-62167219201", "1e400", "-1e400", "1e308", "-1e308", "9223372036854775807", "nan", "NaN",
          "inf", "Infinity", "-inf", "", "-", "12x", "0x10", " 1", "1 "}) {
        INFO(number);
        CHECK(utc_of_epoch(number, time_form::epoch_seconds) == refused);
    }
    CHECK(utc_of_epoch("1e400", time_form::epoch_milliseconds) == refused);
    CHECK(utc_of_epoch("253402300800000", time_form::epoch_milliseconds) == refused);
}

TEST_CASE("an instant in UTC is read as strictly as one with an offset of nothing") {
    const std::string local = "2024-12-28T23:59:59";
    for (std::size_t at = 0; at < local.size(); ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            std::string changed = local;
            changed[at] = static_cast<char>(byte);
            INFO(changed);
            std::string plain;
            std::string with_offset;
            CHECK(append_utc(plain, changed + 'Z') == append_utc(with_offset, changed + "+00:00"));
            CHECK(plain == with_offset);
        }
    }
}

}  // namespace
}  // namespace rollcall::normalizers
