// Looking for the first byte that no JSON has where it stands.
#include "normalizers/text_fault.hpp"

#include <simdjson.h>

#include <algorithm>

namespace rollcall::normalizers {
namespace {

/// The length of the character of several bytes that `text` begins with; 0: it begins with none.
std::size_t length_of_character(std::string_view text) {
    for (std::size_t length = 2; length <= std::min<std::size_t>(text.size(), 4); ++length) {
        if (simdjson::validate_utf8(text.data(), length)) return length;
    }
    return 0;
}

}  // namespace

std::optional<text_fault> first_text_fault(std::string_view text) {
    std::optional<std::size_t> opened;
    bool escaped = false;
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        const std::size_t length = byte < 0x80 ? 1 : length_of_character(text.substr(at));
        if (length == 0) return text_fault{"a byte that is no UTF-8", at};
        if (opened && byte < 0x20) return text_fault{"a control character in a string", at};
        if (byte == '"' && !escaped) opened = opened ? std::nullopt : std::optional{at};
        escaped = opened && byte == '\\' && !escaped;
        at += length;
    }
    if (opened) return text_fault{"a string without an end", *opened};
    return std::nullopt;
}

}  // namespace rollcall::normalizers
