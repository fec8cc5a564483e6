// `{name}` and `{+name}` in the paths and queries of a profile.
#include "adapters/profile/placeholders.hpp"

#include "config/syntax.hpp"

#include <algorithm>
#include <utility>

namespace rollcall::adapters {
namespace {

constexpr std::size_t name_maximum = 32;

bool is_lower(char character) {
    return character >= 'a' && character <= 'z';
}

bool is_odd_segment(std::string_view text) {
    return text.empty() || text == "." || text == "..";
}

}  // namespace

bool is_placeholder_name(std::string_view text) {
    return !text.empty() && text.size() <= name_maximum && is_lower(text.front()) &&
           std::all_of(text.begin(), text.end(), [](char character) {
               return is_lower(character) || (character >= '0' && character <= '9') || character == '_';
           });
}

std::optional<std::vector<piece>> parse_template(std::string_view text) {
    std::vector<piece> pieces;
    while (!text.empty()) {
        const std::size_t brace = std::min(text.find_first_of("{}"), text.size());
        if (brace > 0) pieces.push_back({piece::kind::text, std::string{text.substr(0, brace)}});
        text.remove_prefix(brace);
        if (text.empty()) break;
        const std::size_t close = text.find('}');
        if (text.front() == '}' || close == std::string_view::npos) return std::nullopt;
        const bool keeps_slashes = text.size() > 1 && text[1] == '+';
        const std::size_t begin = keeps_slashes ? 2 : 1;
        const auto name = text.substr(begin, close - begin);
        if (!is_placeholder_name(name)) return std::nullopt;
        pieces.push_back({keeps_slashes ? piece::kind::path : piece::kind::segment, std::string{name}});
        text.remove_prefix(close + 1);
    }
    return pieces;
}

path_problem check_path(const std::vector<piece>& path, const std::map<std::string, std::string>& values) {
    std::string filled;
    std::string last_path_parameter;
    for (const auto& part : path) {
        const auto given = values.find(part.text);
        if (part.is == piece::kind::text) {
            filled += part.text;
        } else if (given == values.end()) {
            // What is good depends on what stands before it: a slash, or nothing yet.
            filled += part.is == piece::kind::path && !filled.ends_with('/') ? "/x" : "x";
        } else if (part.is == piece::kind::segment) {
            if (is_odd_segment(given->second)) return {part.text, "must not be empty, . or .. where a path needs it"};
            filled += 'x';
        } else {
            last_path_parameter = part.text;
            filled += given->second;
        }
    }
    if (!filled.starts_with('/')) return {last_path_parameter, "the path must begin with a slash"};
    if (!config::is_url_path(filled)) {
        return {last_path_parameter, "the path holds a character that no path may hold"};
    }
    if (config::has_odd_segment(filled)) {
        return {last_path_parameter, "the path must not have an empty segment, a . or a .."};
    }
    return {};
}

}  // namespace rollcall::adapters
