// Reading Content-Type: the type, then its parameters one by one.
#include "gateway/http/media_type.hpp"

#include "gateway/http/field_scanner.hpp"
#include "gateway/http/text.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

/// False where it is malformed, or a charset that is not UTF-8.
bool read_parameter(field_scanner& scanner) {
    const auto parameter = scanner.parameter();
    if (!parameter) return false;
    return !equals_ignoring_case(parameter->name, "charset") ||
           equals_ignoring_case(unquoted(parameter->value), "utf-8");
}

}  // namespace

bool names_media_type(std::string_view content_type, std::span<const std::string_view> allowed) {
    const auto semicolon = std::min(content_type.find(';'), content_type.size());
    const std::string_view type = trimmed(content_type.substr(0, semicolon));
    if (std::ranges::none_of(allowed, [&](std::string_view taken) { return equals_ignoring_case(type, taken); })) {
        return false;
    }
    field_scanner scanner{content_type.substr(semicolon)};
    while (!scanner.at_end()) {
        if (!scanner.take(';')) return false;
        scanner.skip_space();
        // A semicolon may stand alone (RFC 9110, section 5.6.6).
        if (!read_parameter(scanner)) return false;
        scanner.skip_space();
    }
    return true;
}

}  // namespace rollcall::gateway
