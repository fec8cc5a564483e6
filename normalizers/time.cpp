// RFC 3339 instants and epoch numbers, read strictly and written in UTC.
#include "normalizers/time.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>

namespace rollcall::normalizers {
namespace {

using std::chrono::sys_seconds;

/// Longer fractions than nanoseconds are no clock's, but somebody's attack or error.
constexpr std::size_t longest_fraction = 9;

/// The number that `count` digits at `at` make; empty where one is no digit.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
    if (at + count > text.size()) return std::nullopt;
    int value = 0;
    for (const char c : text.substr(at, count)) {
        if (c < '0' || c > '9') return std::nullopt;
        value = value * 10 + (c - '0');
    }
    return value;
}

/// Appends `value` with zeros in front of it up to `count` digits, and `behind` behind it.
void append_digits(std::string& out, int value, std::size_t count, std::string_view behind) {
    out.append(count, '0');
    for (auto digit = out.rbegin(); value != 0; ++digit, value /= 10)
        *digit = static_cast<char>('0' + value % 10);
    out += behind;
}

/// Written by hand, because fmt took a fifth of the time of reading a page for it.
bool append_instant(std::string& out, sys_seconds instant, std::string_view fraction) {
    const auto midnight = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{midnight};
    const int year = static_cast<int>(date.year());
    if (year < 0 || year > 9999) return false;
    const int second_of_day = static_cast<int>((instant - midnight).count());
    append_digits(out, year, 4, "-");
    append_digits(out, static_cast<int>(static_cast<unsigned>(date.month())), 2, "-");
    append_digits(out, static_cast<int>(static_cast<unsigned>(date.day())), 2, "T");
    append_digits(out, second_of_day / 3600, 2, ":");
    append_digits(out, second_of_day / 60 % 60, 2, ":");
    append_digits(out, second_of_day % 60, 2, fraction.empty() ? "" : ".");
    out += fraction;
    out += 'Z';
    return true;
}

/// How far east of UTC that `text` (`Z`, `+02:00`, `-05:30`) says.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
    if (text == "Z" || text == "z") return std::chrono::minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const auto hours = digits(text, 1, 2);
    const auto minutes = digits(text, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const std::chrono::minutes east{*hours * 60 + *minutes};
    return text[0] == '-' ? -east : east;
}

/// The date and time of the first 19 characters, `YYYY-MM-DDTHH:MM:SS`.
std::optional<sys_seconds> local_time_of(std::string_view text) {
    const auto year = digits(text, 0, 4);
    const auto month = digits(text, 5, 2);
    const auto day = digits(text, 8, 2);
    const auto hour = digits(text, 11, 2);
    const auto minute = digits(text, 14, 2);
    const auto second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second) return std::nullopt;
    const bool separated =
        text[4] == '-' && text[7] == '-' && (text[10] | 0x20) == 't' && text[13] == ':' && text[16] == ':';
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    // A leap second (60) is legal and means the moment after 59.
    if (!separated || !date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    return std::chrono::sys_days{date} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

}  // namespace

bool append_utc(std::string& out, std::string_view text) {
    constexpr std::size_t to_the_second = 19;
    if (text.size() <= to_the_second) return false;
    const auto local = local_time_of(text);
    if (!local) return false;

    std::size_t fraction_end = to_the_second;
    if (text[to_the_second] == '.') {
        fraction_end = text.find_first_not_of("0123456789", to_the_second + 1);
        if (fraction_end == std::string_view::npos) return false;
        const std::size_t length = fraction_end - to_the_second - 1;
        if (length == 0 || length > longest_fraction) return false;
    }
    const auto east = offset_of(text.substr(fraction_end));
    if (!east) return false;
    const std::string_view fraction = fraction_end == to_the_second
                                          ? std::string_view{}
                                          : text.substr(to_the_second + 1, fraction_end - to_the_second - 1);
    return append_instant(out, *local - *east, fraction);
}

bool append_utc_of_epoch(std::string& out, std::string_view number, time_form form) {
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size()) return false;
    const double milliseconds = std::round(form == time_form::epoch_seconds ? value * 1000 : value);
    // Beyond the year 9999 either way it is no epoch, and the conversion below would overflow.
    if (!(std::abs(milliseconds) < 2.6e14)) return false;

    const std::chrono::sys_time<std::chrono::milliseconds> instant{
        std::chrono::milliseconds{static_cast<std::int64_t>(milliseconds)}};
    const auto whole = std::chrono::floor<std::chrono::seconds>(instant);
    const auto rest = (instant - whole).count();
    return append_instant(out, whole, rest == 0 ? std::string{} : fmt::format("{:03}", rest));
}

}  // namespace rollcall::normalizers
