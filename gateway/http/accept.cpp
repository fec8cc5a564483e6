// Whether a client takes JSON: reading the Accept header, range by range.
#include "gateway/http/accept.hpp"

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

/// Takes a field value apart from its front.
class scanner {
  public:
    explicit scanner(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    void skip_space() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

    bool take(char byte) {
        if (rest_.empty() || rest_.front() != byte) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Empty where there is none.
    std::string_view token() {
        const auto end = std::ranges::find_if_not(rest_, [](char byte) { return is(text_class::token, byte); });
        return taken(static_cast<std::size_t>(end - rest_.begin()));
    }

    /// A token, or a string with its quotes; empty where there is neither.
    std::string_view value() {
        if (rest_.empty() || rest_.front() != '"') return token();
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            if (rest_[at] == '"') return taken(at + 1);
            if (rest_[at] == '\\') ++at;
        }
        return {};
    }

  private:
    std::string_view taken(std::size_t size) {
        const std::string_view text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return text;
    }

    std::string_view rest_;
};

/// One `;`-separated parameter or weight, which may be empty; false where it is malformed.
bool read_parameter(scanner& scanner, media_range& range) {
    const std::string_view name = scanner.token();
    if (name.empty()) return true;
    if (!scanner.take('=')) return false;
    const std::string_view value = scanner.value();
    if (value.empty()) return false;
    if (!equals_ignoring_case(name, "q")) return true;
    const auto zero = is_zero_weight(value);
    if (zero) range.refused = *zero;
    return zero.has_value();
}

/// The range up to its comma or the end; empty where it is malformed.
std::optional<media_range> read_range(scanner& scanner) {
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
    for (scanner scanner{value};;) {
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
