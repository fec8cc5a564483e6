// Writing JSON as text: escaping, and the commas between members.
#include "base/json_text.hpp"

#include <simdjson.h>

#include <algorithm>

namespace rollcall {
namespace {

constexpr std::string_view replacement_character = "\\ufffd";

void append_escaped(std::string& out, unsigned char byte) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (byte) {
        case '"':
            out += "\\\"";
            return;
        case '\\':
            out += "\\\\";
            return;
        case '\n':
            out += "\\n";
            return;
        case '\r':
            out += "\\r";
            return;
        case '\t':
            out += "\\t";
            return;
        default:
            out += "\\u00";
            out += digits[byte >> 4];
            out += digits[byte & 0xf];
    }
}

/// The length of the character of several bytes that `text` begins with; 0: it begins with none.
std::size_t length_of_character(std::string_view text) {
    for (std::size_t length = 2; length <= std::min<std::size_t>(text.size(), 4); ++length) {
        if (simdjson::validate_utf8(text.data(), length)) return length;
    }
    return 0;
}

bool needs_escape(unsigned char byte) {
    return byte < 0x20 || byte == '"' || byte == '\\' || byte == 0x7f;
}

/// Is every byte ASCII that needs no escape? Looks at all of them, because then the compiler looks at many at once.
bool is_plain(std::string_view text) {
    bool plain = true;
    for (const char byte : text)
        plain &= static_cast<unsigned char>(byte) < 0x80 && !needs_escape(static_cast<unsigned char>(byte));
    return plain;
}

/// The inside of a string that is not plain.
void append_with_escapes(std::string& out, std::string_view text) {
    const bool valid = simdjson::validate_utf8(text.data(), text.size());
    std::size_t clean_from = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const std::size_t length = valid || byte < 0x80 ? 1 : length_of_character(text.substr(at));
        if (length != 0 && !needs_escape(byte)) {
            at += length;
            continue;
        }
        out += text.substr(clean_from, at - clean_from);
        if (length == 0) {
            out += replacement_character;
        } else {
            append_escaped(out, byte);
        }
        clean_from = ++at;
    }
    out += text.substr(clean_from);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    if (is_plain(text)) {
        out += text;
    } else {
        append_with_escapes(out, text);
    }
    out += '"';
}

void append_json_key(std::string& out, std::string_view name) {
    if (!out.empty() && out.back() != '{') out += ',';
    append_json_string(out, name);
    out += ':';
}

void append_json_member(std::string& out, std::string_view name, std::string_view text) {
    append_json_key(out, name);
    append_json_string(out, text);
}

void append_json_raw_member(std::string& out, std::string_view name, std::string_view token) {
    append_json_key(out, name);
    out += token;
}

}  // namespace rollcall
