// Faults as the lines that people read, and their order.
#include "config/settings.hpp"
#include "config/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace rollcall::config {

std::string to_string(const fault& fault) {
    return without_keys(fmt::format("{}:{}:{}: {}{}{}", fault.where.file, fault.where.line, fault.where.column,
                                    fault.path, fault.path.empty() ? "" : ": ", fault.what));
}

void sort_by_place(std::vector<fault>& faults, std::size_t first) {
    std::stable_sort(
        faults.begin() + static_cast<std::ptrdiff_t>(first), faults.end(), [](const fault& left, const fault& right) {
            return std::tie(left.where.line, left.where.column) < std::tie(right.where.line, right.where.column);
        });
}

}  // namespace rollcall::config
