// Durations and sizes as people write them: a whole number and its unit.
#include "config/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <ctime>
#include <limits>
#include <span>
#include <string>
#include <system_error>

namespace rollcall::config {
namespace {

struct unit {
    std::string_view name;
    std::int64_t factor;
};

// From the largest to the smallest, which format_in relies on.
constexpr unit duration_units[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1000}, {"ms", 1}};
constexpr unit size_units[] = {{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}};

/// The number in the smallest unit; empty if `text` is no number with one of the units.
std::optional<std::int64_t> parse_in(std::span<const unit> units, std::string_view text) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto of = std::find_if(units.begin(), units.end(),
                                 [&](const unit& candidate) { return candidate.name == text.substr(digits); });
    const auto number = parse_whole(text.substr(0, digits));
    if (of == units.end() || !number) return std::nullopt;
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    return *number > largest / of->factor ? largest : *number * of->factor;
}

std::string format_in(std::span<const unit> units, std::int64_t number) {
    const auto of = std::find_if(units.begin(), units.end() - 1, [&](const unit& candidate) {
        return number >= candidate.factor && number % candidate.factor == 0;
    });
    return fmt::format("{}{}", number / of->factor, of->name);
}

}  // namespace

std::optional<std::int64_t> parse_whole(std::string_view text) {
    const bool negative = text.starts_with('-');
    const auto digits = text.substr(negative ? 1 : 0);
    // A leading zero is refused: some readers of YAML take such a number for octal.
    if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos ||
        (digits.size() > 1 && digits.front() == '0')) {
        return std::nullopt;
    }
    std::int64_t number = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), number).ec == std::errc::result_out_of_range) {
        using limits = std::numeric_limits<std::int64_t>;
        return negative ? limits::min() : limits::max();
    }
    return number;
}

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
    const auto count = parse_in(duration_units, text);
    if (!count) return std::nullopt;
    return std::chrono::milliseconds{*count};
}

std::optional<std::size_t> parse_size(std::string_view text) {
    const auto count = parse_in(size_units, text);
    if (!count) return std::nullopt;
    return static_cast<std::size_t>(*count);
}

std::optional<std::chrono::system_clock::time_point> parse_moment(std::string_view text) {
    constexpr std::size_t to_the_second = 19;
    constexpr std::size_t longest = to_the_second + 6;
    if (text.size() > longest) return std::nullopt;
    const std::string written{text};
    std::tm parts{};
    const char* const end = ::strptime(written.c_str(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    const std::string_view zone = text.substr(std::min(to_the_second, text.size()));
    if (zone != "Z" && (zone.size() != 6 || zone[3] != ':')) return std::nullopt;
    const std::chrono::seconds east{parts.tm_gmtoff};
    // strptime takes 31 February and single digits; written again, only what is a date comes out as it went in.
    const std::time_t local = ::timegm(&parts);
    char again[to_the_second + 1];
    if (std::strftime(std::data(again), sizeof again, "%Y-%m-%dT%H:%M:%S", &parts) != to_the_second ||
        text.substr(0, to_the_second) != std::data(again)) {
        return std::nullopt;
    }
    return std::chrono::system_clock::from_time_t(local) - east;
}

std::string format_duration(std::chrono::milliseconds duration) {
    return format_in(duration_units, duration.count());
}

std::string format_size(std::size_t bytes) {
    return format_in(size_units, static_cast<std::int64_t>(bytes));
}

}  // namespace rollcall::config
