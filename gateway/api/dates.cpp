// Dates of a query: read strictly, and written in one form.
#include "gateway/api/dates.hpp"

#include "normalizers/time.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace rollcall::gateway {
namespace {

constexpr std::size_t full_date_size = std::string_view{"2026-04-30"}.size();
constexpr std::string_view begin_of_day = "T00:00:00Z";
constexpr std::string_view end_of_day = "T23:59:59.999999Z";
constexpr std::array<std::string_view, 4> look_backs = {"7", "30", "90", "all"};
constexpr std::string_view usual_look_back = "30";

/// `utc` without zeros at the end of its fraction, so that equal instants are equal texts.
std::string without_idle_zeros(std::string utc) {
    if (utc.find('.') == std::string::npos) return utc;
    utc.pop_back();
    utc.erase(utc.find_last_not_of('0') + 1);
    if (utc.back() == '.') utc.pop_back();
    return utc + 'Z';
}

/// The instant in UTC that `text` names; as a full date, at `time_of_day`.
std::optional<std::string> instant_of(std::string text, std::string_view time_of_day) {
    if (text.size() == full_date_size) text += time_of_day;
    std::string utc;
    if (!normalizers::append_utc(utc, text)) return std::nullopt;
    return without_idle_zeros(std::move(utc));
}

std::optional<std::string> read_date(parameters& parameters, std::string_view name, std::string_view time_of_day,
                                     bool required) {
    const auto given = parameters.text(name);
    if (!given) {
        if (required) parameters.fault(name, "it is required");
        return std::nullopt;
    }
    auto instant = instant_of(*given, time_of_day);
    if (instant) return instant;
    std::string with_plus = *given;
    std::ranges::replace(with_plus, ' ', '+');
    const bool lost_plus = with_plus != *given && instant_of(with_plus, time_of_day).has_value();
    parameters.fault(name, lost_plus ? "a + in a query is read as a space: send the + of its offset as %2B"
                                     : "it must be an RFC 3339 date-time such as 2026-04-01T00:00:00Z, or a date such "
                                       "as 2026-04-01");
    return std::nullopt;
}

/// Without the Z, which would sort behind a fraction.
std::string_view sortable(const std::string& utc) {
    return std::string_view{utc}.substr(0, utc.size() - 1);
}

}  // namespace

date_range read_dates(parameters& parameters, bool required) {
    date_range range;
    range.start = read_date(parameters, "start_date", begin_of_day, required);
    range.end = read_date(parameters, "end_date", end_of_day, required);
    if (range.start && range.end && sortable(*range.start) > sortable(*range.end)) {
        parameters.fault("start_date", "it must not be after end_date");
    }
    return range;
}

std::string read_days(parameters& parameters) {
    const auto given = parameters.text("days");
    if (!given) return std::string{usual_look_back};
    if (std::ranges::find(look_backs, *given) == look_backs.end()) {
        parameters.fault("days", "it must be 7, 30, 90 or all");
    }
    return *given;
}

}  // namespace rollcall::gateway
