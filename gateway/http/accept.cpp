// Whether a client takes JSON: reading the Accept header, range by range.
#include "gateway/http/accept.hpp"

#include "gateway/http/field_scanner.hpp"
#include "gateway/http/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace rollcall::gateway {
namespace {

/// One range of an Accept header; its parameters are left out.
struct media_range {
    std::string_view type;
    std::string_view subtype;
    bool refused = false;  ///< q=0
};

/// RFC 9110, 12.4.2: whether a weight is zero; empty where it is none.
std::optional<bool> is_zero_weight(std::string_view weight) {
    constexpr std::size_t longest = std::string_view{"0.000"}.size();
    if (weight.empty() || weight.size() > longest || (weight[0] != '0' && weight[0] != '1')) return std::nullopt;
    if (weight.size() > 1 && weight[1] != '.') return std::nullopt;
    const std::string_view fraction = weight.substr(std::min<std::size_t>(2, weight.size()));
    const bool zeros = std::ranges::all_of(fraction, [](char digit) { return digit == '0'; });
    if (!std::ranges::all_of(fraction, is_digit) || (weight[0] == '1' && !zeros)) return std::nullopt;
    return weight[0] == '0' && zeros;
}

/// One `;`-separated parameter or weight, which may be empty; false where it is malformed.
bool read_parameter(field_scanner& scanner, media_range& range) {
    const auto parameter = scanner.parameter();
    if (!parameter) return false;
    if (!equals_ignoring_case(parameter->name, "q")) return true;
    const auto zero = is_zero_weight(parameter->value);
    if (zero) range.refused = *zero;
    return zero.has_value();
}

/// The range up to its comma or the end; empty where it is malformed.
std::optional<media_range> read_range(field_scanner& scanner) {
    media_range range;
    range.type = scanner.token();
    if (range.type.empty() || !scanner.take('/')) return std::nullopt;
    range.subtype = scanner.token();
    if (range.subtype.empty() || (range.type == "*" && range.subtype != "*")) return std::nullopt;
    scanner.skip_space();
    while (scanner.take(';')) {
        scanner.skip_space();
        if (!read_parameter(scanner, range)) return std::nullopt;
        scanner.skip_space();
    }
    return range;
}

/// What the ranges seen so far say of application/json.
class verdict {
  public:
    void add(const media_range& range) {
        const auto specificity = specificity_of(range);
        if (!specificity) return;
        auto& said = said_[*specificity];
        said = said.value_or(false) || !range.refused;
    }

    [[nodiscard]] bool admits() const {
        const auto most_specific = std::ranges::find_if(said_, [](const auto& said) { return said.has_value(); });
        return most_specific != said_.end() && **most_specific;
    }

  private:
    /// 0 is the most specific; empty where it does not match.
    static std::optional<std::size_t> specificity_of(const media_range& range) {
        if (range.type == "*") return 2;
        if (!equals_ignoring_case(range.type, "application")) return std::nullopt;
        if (range.subtype == "*") return 1;
        if (equals_ignoring_case(range.subtype, "json")) return 0;
        return std::nullopt;
    }

    std::array<std::optional<bool>, 3> said_{};
};

/// Adds the ranges of one field line to `verdict` and their number to `ranges`; false where the line is malformed.
bool read_line(std::string_view value, verdict& verdict, std::size_t& ranges) {
    for (field_scanner scanner{value};;) {
        scanner.skip_space();
        if (scanner.at_end()) return true;
        if (scanner.take(',')) continue;
        const auto range = read_range(scanner);
        if (!range || (!scanner.at_end() && !scanner.take(','))) return false;
        verdict.add(*range);
        ++ranges;
    }
}

}  // namespace

bool accepts_json(const request& request) {
    verdict verdict;
    std::size_t ranges = 0;
    for (const header_field& field : request.headers) {
        if (equals_ignoring_case(field.name, "accept") && !read_line(field.value, verdict, ranges)) return true;
    }
    return ranges == 0 || verdict.admits();
}

}  // namespace rollcall::gateway
