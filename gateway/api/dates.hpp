// The time that a client asks about: `start_date`, `end_date` and `days`, read from its query.
#pragma once

#include "gateway/api/parameters.hpp"

#include <optional>
#include <string>

namespace rollcall::gateway {

/// Both ends belong to it, each as `YYYY-MM-DDTHH:MM:SS[.fraction]Z`; the same instant is always the same text. An
/// empty end is open.
struct date_range {
    std::optional<std::string> start{};
    std::optional<std::string> end{};
};

/// Reads `start_date` and `end_date`: RFC 3339, 5.6, a date-time with any offset or a full-date, which stands for the
/// first moment of its day in UTC as a start, and for its last as an end. A fault: one that is neither, a start behind
/// its end, and, where they are `required`, one that is missing.
[[nodiscard]] date_range read_dates(parameters& parameters, bool required);

/// Reads `days`, how far to look back: 7, 30 (which it is by default), 90 or all.
[[nodiscard]] std::string read_days(parameters& parameters);

}  // namespace rollcall::gateway
