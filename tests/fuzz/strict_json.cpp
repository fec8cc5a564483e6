// The second opinion on JSON: Boost.JSON, which knows nothing of the normalizers.
#include "tests/fuzz/strict_json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <string>

namespace rollcall::fuzz {

namespace json = boost::json;

namespace {

constexpr std::string_view digits = "0123456789";

/// `text` with 1 for the exponent of each number, because Boost.JSON refuses some that the grammar allows.
std::string without_exponents(std::string_view text) {
    std::string result;
    bool in_string = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        result += byte;
        if (byte == '"') in_string = !in_string;
        if (in_string && byte == '\\' && at + 1 < text.size()) result += text[++at];
        if (in_string || (byte != 'e' && byte != 'E') || at == 0 || digits.find(text[at - 1]) == std::string_view::npos)
            continue;
        if (at + 1 < text.size() && (text[at + 1] == '+' || text[at + 1] == '-')) result += text[++at];
        const std::size_t end = std::min(text.find_first_not_of(digits, at + 1), text.size());
        if (end > at + 1) result += '1';
        at = end - 1;
    }
    return result;
}

}  // namespace

std::optional<json::value> strict_json(std::string_view text, std::size_t depth) {
    json::parse_options options;
    options.max_depth = depth;
    boost::system::error_code error;
    auto value = json::parse({text.data(), text.size()}, error, {}, options);
    if (error == json::error::exponent_overflow) {
        const std::string plain = without_exponents(text);
        value = json::parse(plain, error, {}, options);
    }
    if (error) return std::nullopt;
    return value;
}

bool names_surrogate(std::string_view text) {
    return text.find("\\ud") != std::string_view::npos || text.find("\\uD") != std::string_view::npos;
}

bool is_utf8(std::string_view text) {
    return strict_json(json::serialize(json::string_view{text.data(), text.size()})).has_value();
}

}  // namespace rollcall::fuzz
