// Numbers and escapes of JSON, checked byte by byte.
#include "normalizers/scalar.hpp"

#include <algorithm>
#include <cstring>

namespace rollcall::normalizers {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Moves `at` behind the digits that stand there and says whether there was one.
bool skip_digits(const char*& at, const char* end) {
    const char* from = at;
    while (at != end && is_digit(*at))
        ++at;
    return at != from;
}

/// Moves `at` behind an optional minus and the whole part, which has no leading zero.
bool skip_whole_part(const char*& at, const char* end) {
    if (at != end && *at == '-') ++at;
    if (at == end) return false;
    if (*at == '0') return ++at, true;
    return skip_digits(at, end);
}

/// The value of four hexadecimal digits; empty where one is none.
std::optional<std::uint32_t> four_hex(const char* at, const char* end) {
    if (end - at < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) {
        const char c = at[i];
        value <<= 4;
        if (is_digit(c)) {
            value |= static_cast<std::uint32_t>(c - '0');
        } else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            value |= static_cast<std::uint32_t>((c | 0x20) - 'a' + 10);
        } else {
            return std::nullopt;
        }
    }
    return value;
}

bool is_high_surrogate(std::uint32_t unit) {
    return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low_surrogate(std::uint32_t unit) {
    return unit >= 0xdc00 && unit < 0xe000;
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xc0 | code >> 6);
        byte(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        byte(0xe0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    } else {
        byte(0xf0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3f));
        byte(0x80 | (code >> 6 & 0x3f));
        byte(0x80 | (code & 0x3f));
    }
}

/// Checks the `\uXXXX` whose digits begin at `digits`, repairing it if it is a lone surrogate. Returns the place behind
/// it (and behind the second half of a pair), or null where the digits are broken.
char* repair_unicode_escape(char* digits, char* end) {
    const auto unit = four_hex(digits, end);
    if (!unit) return nullptr;
    char* behind = digits + 4;
    if (is_high_surrogate(*unit) && end - behind >= 6 && behind[0] == '\\' && behind[1] == 'u') {
        const auto second = four_hex(behind + 2, end);
        if (second && is_low_surrogate(*second)) return behind + 6;
    }
    if (is_high_surrogate(*unit) || is_low_surrogate(*unit)) std::memcpy(digits, "fffd", 4);
    return behind;
}

/// Appends the character whose escape `text` begins with, and returns the length of the escape.
std::size_t append_escaped_character(std::string& out, std::string_view text) {
    const char* const end = text.data() + text.size();
    switch (text[1]) {
        case 'b':
            out += '\b';
            return 2;
        case 'f':
            out += '\f';
            return 2;
        case 'n':
            out += '\n';
            return 2;
        case 'r':
            out += '\r';
            return 2;
        case 't':
            out += '\t';
            return 2;
        case 'u':
            break;
        default:
            out += text[1];
            return 2;
    }
    const std::uint32_t unit = *four_hex(text.data() + 2, end);
    if (!is_high_surrogate(unit)) return append_utf8(out, unit), 6;
    const std::uint32_t low = *four_hex(text.data() + 8, end);
    append_utf8(out, 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00));
    return 12;
}

}  // namespace

const char* behind_number(const char* at) {
    if (*at == '-') ++at;
    const char* const whole = at;
    while (is_digit(*at))
        ++at;
    if (at == whole || (*whole == '0' && at != whole + 1)) return nullptr;
    if (*at == '.') {
        const char* const fraction = ++at;
        while (is_digit(*at))
            ++at;
        if (at == fraction) return nullptr;
    }
    if (*at == 'e' || *at == 'E') {
        ++at;
        if (*at == '+' || *at == '-') ++at;
        const char* const exponent = at;
        while (is_digit(*at))
            ++at;
        if (at == exponent) return nullptr;
    }
    return at;
}

bool is_integer(std::string_view token) {
    const char* at = token.data();
    const char* const end = at + token.size();
    return token != "-0" && skip_whole_part(at, end) && at == end;
}

bool repair_escapes(char* inside, std::size_t size) {
    char* const end = inside + size;
    char* at = inside;
    while (true) {
        // Escapes often follow each other, in a text that is not in Latin letters.
        if (at == end || *at != '\\') {
            at = static_cast<char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
            if (at == nullptr) return true;
        }
        if (++at == end) return false;
        switch (*at) {
            case '"':
            case '\\':
            case '/':
            case 'b':
            case 'f':
            case 'n':
            case 'r':
            case 't':
                ++at;
                break;
            case 'u':
                at = repair_unicode_escape(at + 1, end);
                if (at == nullptr) return false;
                break;
            default:
                return false;
        }
    }
}

std::string_view inside_from(const char* begin) {
    const char* at = begin;
    while (*at != '"')
        at += *at == '\\' ? 2 : 1;
    return {begin, static_cast<std::size_t>(at - begin)};
}

void append_unescaped(std::string& out, std::string_view inside) {
    while (true) {
        const std::size_t clean = std::min(inside.find('\\'), inside.size());
        out += inside.substr(0, clean);
        if (clean == inside.size()) return;
        inside.remove_prefix(clean);
        inside.remove_prefix(append_escaped_character(out, inside));
    }
}

padded_text unescaped(std::string_view inside) {
    std::string text;
    append_unescaped(text, inside);
    return padded_text{text};
}

}  // namespace rollcall::normalizers
