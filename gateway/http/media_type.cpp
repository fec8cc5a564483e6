// Reading Content-Type: the type, then its parameters one by one.
#include "gateway/http/media_type.hpp"

#include "gateway/http/text.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace rollcall::gateway {
namespace {

/// Takes a quoted text off the front of `rest`, which begins with a quote; empty where it does not end.
std::optional<std::string> take_quoted(std::string_view& rest) {
    std::string text;
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (rest[at] == '"') {
            rest.remove_prefix(at + 1);
            return text;
        }
        if (rest[at] == '\\') ++at;
        if (at == rest.size()) break;
        text += rest[at];
    }
    return std::nullopt;
}

/// Takes a token off the front of `rest`; empty where there is none.
std::string_view take_token(std::string_view& rest) {
    const auto end = std::ranges::find_if(rest, [](char byte) { return !is(text_class::token, byte); });
    const std::string_view token{rest.begin(), end};
    rest.remove_prefix(token.size());
    return token;
}

/// Takes `name=value` off the front of `rest`; false where it is none, or a charset that is not UTF-8.
bool take_parameter(std::string_view& rest) {
    const std::string_view name = take_token(rest);
    if (name.empty() || !rest.starts_with('=')) return false;
    rest.remove_prefix(1);
    std::optional<std::string> value;
    if (rest.starts_with('"')) {
        value = take_quoted(rest);
    } else if (const std::string_view token = take_token(rest); !token.empty()) {
        value = token;
    }
    return value && (!equals_ignoring_case(name, "charset") || equals_ignoring_case(*value, "utf-8"));
}

}  // namespace

bool names_media_type(std::string_view content_type, std::span<const std::string_view> allowed) {
    const auto semicolon = std::min(content_type.find(';'), content_type.size());
    const std::string_view type = trimmed(content_type.substr(0, semicolon));
    if (std::ranges::none_of(allowed, [&](std::string_view taken) { return equals_ignoring_case(type, taken); })) {
        return false;
    }
    std::string_view rest = content_type.substr(semicolon);
    while (!rest.empty()) {
        if (rest.front() != ';') return false;
        rest = trimmed(rest.substr(1));
        // A semicolon may stand alone (RFC 9110, section 5.6.6).
        if (rest.empty() || rest.front() == ';') continue;
        if (!take_parameter(rest)) return false;
        rest = trimmed(rest);
    }
    return true;
}

}  // namespace rollcall::gateway
