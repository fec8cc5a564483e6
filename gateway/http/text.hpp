// The ASCII classes of HTTP's grammar (RFC 9110, RFC 9112). Nothing here knows of locales.
#pragma once

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace rollcall::gateway {

enum class text_class : std::uint8_t {
    token = 1,     ///< tchar of RFC 9110, 5.6.2
    value = 2,     ///< of a field's value: visible, space, tab and bytes over 127
    target = 4,    ///< of a request target: visible ASCII but for `#`, `\`, `"`, `<` and `>`
    reg_name = 8,  ///< of a host's name: unreserved, percent and sub-delims but for the comma, which lists use
    hex_digit = 16,
    visible = 32,  ///< 0x21 to 0x7e
};

namespace detail {

constexpr bool contains(std::string_view set, char byte) {
    return set.find(byte) != std::string_view::npos;
}

constexpr std::array<std::uint8_t, 256> make_text_classes() {
    std::array<std::uint8_t, 256> classes{};
    for (int at = 0; at < 256; ++at) {
        const char byte = static_cast<char>(at);
        const bool visible = at > 0x20 && at < 0x7f;
        const bool digit = byte >= '0' && byte <= '9';
        const bool letter = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        const bool hexadecimal = digit || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
        const auto add = [&](bool member, text_class which) {
            if (member) classes[static_cast<std::size_t>(at)] |= static_cast<std::uint8_t>(which);
        };
        add(visible && (digit || letter || contains("!#$%&'*+-.^_`|~", byte)), text_class::token);
        add(visible || byte == ' ' || byte == '\t' || at >= 0x80, text_class::value);
        add(visible && !contains("#\\\"<>", byte), text_class::target);
        add(visible && (digit || letter || contains("-._~%!$&'()*+;=", byte)), text_class::reg_name);
        add(hexadecimal, text_class::hex_digit);
        add(visible, text_class::visible);
    }
    return classes;
}

inline constexpr std::array<std::uint8_t, 256> text_classes = make_text_classes();

}  // namespace detail

constexpr bool is(text_class which, char byte) {
    return (detail::text_classes[static_cast<unsigned char>(byte)] & static_cast<std::uint8_t>(which)) != 0;
}

/// Whether every byte is of the class; true for the empty text.
constexpr bool all(text_class which, std::string_view text) {
    return std::all_of(text.begin(), text.end(), [&](char byte) { return is(which, byte); });
}

constexpr bool is_digit(char byte) {
    return byte >= '0' && byte <= '9';
}

/// The value of a hexadecimal digit; `digit` must be one.
constexpr unsigned hex_value(char digit) {
    return static_cast<unsigned>(is_digit(digit) ? digit - '0' : lower(digit) - 'a' + 10);
}

}  // namespace rollcall::gateway
