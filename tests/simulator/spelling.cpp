// Serialization of JSON values in one of several spellings.
#include "tests/simulator/spelling.hpp"

#include <boost/json/serialize.hpp>

#include <array>
#include <charconv>
#include <cstdint>
#include <string_view>

namespace rollcall::simulator {
namespace {

namespace json = boost::json;

void append_unit(std::string& out, std::uint32_t unit) {
    static constexpr std::string_view digits = "0123456789abcdef";
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4)
        out += digits[(unit >> shift) & 0xF];
}

void append_escaped(std::string& out, std::uint32_t code_point) {
    constexpr std::uint32_t first_pair = 0x10000;
    if (code_point < first_pair) return append_unit(out, code_point);
    append_unit(out, 0xD800 + ((code_point - first_pair) >> 10));
    append_unit(out, 0xDC00 + ((code_point - first_pair) & 0x3FF));
}

// The text is valid UTF-8, because all of it is our own or has passed Boost.JSON's parser.
std::string without_non_ascii(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 2);
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i++]);
        if (lead < 0x80) {
            out += static_cast<char>(lead);
            continue;
        }
        const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
        std::uint32_t code_point = lead & (0x3F >> more);
        for (int k = 0; k < more; ++k) {
            code_point = (code_point << 6) | (static_cast<unsigned char>(text[i++]) & 0x3F);
        }
        append_escaped(out, code_point);
    }
    return out;
}

std::string with_escaped_slashes(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 16);
    for (const char c : text) {
        if (c == '/') out += '\\';
        out += c;
    }
    return out;
}

void append_double(std::string& out, double number) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

// Boost.JSON writes doubles as 1.205E2, which no provider does; the rest is left to it.
void append_plain(std::string& out, const json::value& value) {
    if (value.is_double()) return append_double(out, value.get_double());
    if (value.is_array()) {
        out += '[';
        for (const char* separator = ""; const auto& element : value.get_array()) {
            out += separator;
            separator = ",";
            append_plain(out, element);
        }
        out += ']';
        return;
    }
    if (value.is_object()) {
        out += '{';
        for (const char* separator = ""; const auto& [key, element] : value.get_object()) {
            out += separator;
            separator = ",";
            out += json::serialize(key);
            out += ':';
            append_plain(out, element);
        }
        out += '}';
        return;
    }
    out += json::serialize(value);
}

}  // namespace

spelling spelling_of(std::size_t index) {
    using enum spelling;
    // Seven in turn, because what recurs in the data recurs every second, fifth or sixth time.
    constexpr std::array turns{plain, ascii, plain, escaped_slash, ascii, plain, escaped_slash};
    return turns[index % turns.size()];
}

std::string write_json(const json::value& value, spelling how) {
    std::string text;
    append_plain(text, value);
    // Both rewritings work on finished JSON: slashes and non-ASCII characters stand in strings only.
    if (how == spelling::ascii) return without_non_ascii(text);
    return how == spelling::escaped_slash ? with_escaped_slashes(text) : text;
}

}  // namespace rollcall::simulator
