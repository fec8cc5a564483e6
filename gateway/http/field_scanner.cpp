// Taking the values of fields apart.
#include "gateway/http/field_scanner.hpp"

#include "gateway/http/text.hpp"

#include <algorithm>

namespace rollcall::gateway {

void field_scanner::skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
}

bool field_scanner::take(char byte) {
    if (rest_.empty() || rest_.front() != byte) return false;
    rest_.remove_prefix(1);
    return true;
}

std::string_view field_scanner::token() {
    const auto end = std::ranges::find_if_not(rest_, [](char byte) { return is(text_class::token, byte); });
    return taken(static_cast<std::size_t>(end - rest_.begin()));
}

std::optional<field_parameter> field_scanner::parameter() {
    field_parameter read{token(), {}};
    if (read.name.empty()) return read;
    if (!take('=')) return std::nullopt;
    read.value = value();
    return read.value.empty() ? std::nullopt : std::optional{read};
}

/// A token, or a string with its quotes; empty where there is neither.
std::string_view field_scanner::value() {
    if (rest_.empty() || rest_.front() != '"') return token();
    for (std::size_t at = 1; at < rest_.size(); ++at) {
        if (rest_[at] == '"') return taken(at + 1);
        if (rest_[at] == '\\') ++at;
    }
    return {};
}

std::string_view field_scanner::taken(std::size_t size) {
    const std::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return text;
}

std::string unquoted(std::string_view value) {
    if (!value.starts_with('"')) return std::string{value};
    std::string text;
    for (std::size_t at = 1; at + 1 < value.size(); ++at) {
        if (value[at] == '\\') ++at;
        text += value[at];
    }
    return text;
}

}  // namespace rollcall::gateway
