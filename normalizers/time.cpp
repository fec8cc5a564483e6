// RFC 3339 instants and epoch numbers, read strictly and written in UTC.
#include "normalizers/time.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>

namespace rollcall::normalizers {
namespace {

using std::chrono::sys_seconds;

/// Longer fractions than nanoseconds are no clock's, but somebody's attack or error.
constexpr std::size_t longest_fraction = 9;

/// `YYYY-MM-DDTHH:MM:SS`
constexpr std::size_t to_the_second = 19;

struct local_time {
    std::chrono::year_month_day date;
    int hour = 0;
    int minute = 0;
    int second = 0;  ///< 60 is legal and means the moment after 59
};

/// Moves the number of two digits at `at` into `value`. False: they are none.
bool read_two(const char* at, int& value) {
    const auto tens = static_cast<unsigned>(at[0] - '0');
    const auto ones = static_cast<unsigned>(at[1] - '0');
    value = static_cast<int>(10 * tens + ones);
    return tens < 10 && ones < 10;
}

char* write_two(char* out, int value) {
    out[0] = static_cast<char>('0' + value / 10);
    out[1] = static_cast<char>('0' + value % 10);
    return out + 2;
}

char* copy(char* out, std::string_view text) {
    text.copy(out, text.size());
    return out + text.size();
}

/// Written by hand, because fmt took a fifth of the time of reading a page for it.
char* write_instant(char* out, sys_seconds instant, std::string_view fraction) {
    const auto midnight = std::chrono::floor<std::chrono::days>(instant);
    const std::chrono::year_month_day date{midnight};
    const int year = static_cast<int>(date.year());
    if (year < 0 || year > 9999) return nullptr;
    const int second_of_day = static_cast<int>((instant - midnight).count());
    out = write_two(write_two(out, year / 100), year % 100);
    *out = '-';
    out = write_two(out + 1, static_cast<int>(static_cast<unsigned>(date.month())));
    *out = '-';
    out = write_two(out + 1, static_cast<int>(static_cast<unsigned>(date.day())));
    *out = 'T';
    out = write_two(out + 1, second_of_day / 3600);
    *out = ':';
    out = write_two(out + 1, second_of_day / 60 % 60);
    *out = ':';
    out = write_two(out + 1, second_of_day % 60);
    if (!fraction.empty()) *out++ = '.';
    out = copy(out, fraction);
    *out = 'Z';
    return out + 1;
}

std::uint64_t word_at(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// Where `shape` has a 0, its byte in the result is the digit there; where it has another character, 0. `valid` becomes
/// false where one is no digit, or not that character.
std::uint64_t digits_of(const char* at, const char* shape, bool& valid) {
    constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;
    const std::uint64_t pattern = word_at(shape);
    const std::uint64_t digits = word_at(at) ^ pattern;
    std::uint64_t reach = 0;  // what is added to a byte to have its high bit set if it is too large
    for (int i = 0; i < 8; ++i)
        reach |= std::uint64_t{shape[i] == '0' ? 0x80U - 10 : 0x80U - 1} << 8 * i;
    valid = valid && (((digits + reach) | digits) & high_bits) == 0;
    return digits;
}

/// The number of the two digits from `place` on.
int two_of(std::uint64_t digits, int place) {
    return static_cast<int>((digits >> 8 * place & 0xff) * 10 + (digits >> (8 * place + 8) & 0xff));
}

/// Is `text` an instant as it is to be written? Nearly every provider writes UTC to the second; to take such a text
/// apart and put it together again took 196 instructions where this takes 90. The last days of a month, about which
/// one has to think, are left to others.
bool is_plain_utc(std::string_view text) {
    constexpr std::size_t size = to_the_second + 1;
    if (text.size() != size) return false;
    bool valid = true;
    const std::uint64_t date = digits_of(text.data(), "0000-00-", valid);
    const std::uint64_t middle = digits_of(text.data() + 8, "00T00:00", valid);
    const std::uint64_t end = digits_of(text.data() + size - 8, "0:00:00Z", valid);
    const int month = two_of(date, 5);
    const int day = two_of(middle, 0);
    return valid && month >= 1 && month <= 12 && day >= 1 && day <= 28 && two_of(middle, 3) <= 23 &&
           two_of(middle, 6) <= 59 && two_of(end, 5) <= 59;
}

/// How far east of UTC that `text` (`Z`, `+02:00`, `-05:30`) says.
std::optional<std::chrono::minutes> offset_of(std::string_view text) {
    if (text == "Z" || text == "z") return std::chrono::minutes{0};
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    int hours = 0;
    int minutes = 0;
    if (!read_two(&text[1], hours) || !read_two(&text[4], minutes) || hours > 23 || minutes > 59) return std::nullopt;
    const std::chrono::minutes east{hours * 60 + minutes};
    return text[0] == '-' ? -east : east;
}

/// The date and time of the 19 characters at `text`.
std::optional<local_time> local_time_at(const char* text) {
    int century = 0;
    int year = 0;
    int month = 0;
    int day = 0;
    local_time local;
    const bool numbers = read_two(text, century) && read_two(text + 2, year) && read_two(text + 5, month) &&
                         read_two(text + 8, day) && read_two(text + 11, local.hour) &&
                         read_two(text + 14, local.minute) && read_two(text + 17, local.second);
    const bool separated =
        text[4] == '-' && text[7] == '-' && (text[10] | 0x20) == 't' && text[13] == ':' && text[16] == ':';
    local.date = {std::chrono::year{100 * century + year}, std::chrono::month{static_cast<unsigned>(month)},
                  std::chrono::day{static_cast<unsigned>(day)}};
    if (!numbers || !separated || !local.date.ok()) return std::nullopt;
    if (local.hour > 23 || local.minute > 59 || local.second > 60) return std::nullopt;
    return local;
}

sys_seconds instant_of(const local_time& local) {
    return std::chrono::sys_days{local.date} + std::chrono::hours{local.hour} + std::chrono::minutes{local.minute} +
           std::chrono::seconds{local.second};
}

/// Appends what `write` writes, which returns null where that is nothing.
template<typename Write>
bool append(std::string& out, Write write) {
    std::array<char, longest_utc> buffer;
    const char* const end = write(buffer.data());
    if (end == nullptr) return false;
    out.append(std::string_view{buffer.data(), end});
    return true;
}

}  // namespace

char* write_utc(char* out, std::string_view text) {
    if (is_plain_utc(text)) return copy(out, text);
    if (text.size() <= to_the_second) return nullptr;
    const auto local = local_time_at(text.data());
    if (!local) return nullptr;

    std::string_view fraction;
    std::string_view offset = text.substr(to_the_second);
    if (offset.front() == '.') {
        const std::size_t end = offset.find_first_not_of("0123456789", 1);
        if (end == std::string_view::npos || end == 1 || end - 1 > longest_fraction) return nullptr;
        fraction = offset.substr(1, end - 1);
        offset.remove_prefix(end);
    }
    const auto east = offset_of(offset);
    if (!east) return nullptr;
    return write_instant(out, instant_of(*local) - *east, fraction);
}

char* write_utc_of_epoch(char* out, std::string_view number, time_form form) {
    double value = 0;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (error != std::errc{} || end != number.data() + number.size()) return nullptr;
    const double milliseconds = std::round(form == time_form::epoch_seconds ? value * 1000 : value);
    // Beyond the year 9999 either way it is no epoch, and the conversion below would overflow.
    if (!(std::abs(milliseconds) < 2.6e14)) return nullptr;

    const std::chrono::sys_time<std::chrono::milliseconds> instant{
        std::chrono::milliseconds{static_cast<std::int64_t>(milliseconds)}};
    const auto whole = std::chrono::floor<std::chrono::seconds>(instant);
    const auto rest = static_cast<int>((instant - whole).count());
    const char digits[] = {static_cast<char>('0' + rest / 100), static_cast<char>('0' + rest / 10 % 10),
                           static_cast<char>('0' + rest % 10)};
    return write_instant(out, whole, rest == 0 ? std::string_view{} : std::string_view{digits, sizeof digits});
}

bool append_utc(std::string& out, std::string_view text) {
    return append(out, [text](char* at) { return write_utc(at, text); });
}

bool append_utc_of_epoch(std::string& out, std::string_view number, time_form form) {
    return append(out, [&](char* at) { return write_utc_of_epoch(at, number, form); });
}

}  // namespace rollcall::normalizers
