// Changing documents at random.
#include "tests/normalizers/mutator.hpp"

#include <algorithm>
#include <array>

namespace rollcall::normalizers::tests {
namespace {

using namespace std::literals;

/// What breaks readers when it turns up in the wrong place.
constexpr std::array pieces{
    "\""sv,
    "\\"sv,
    "{"sv,
    "}"sv,
    "["sv,
    "]"sv,
    ":"sv,
    ","sv,
    " "sv,
    "\n"sv,
    "\0"sv,
    "\f"sv,
    "\x1a"sv,
    "\x1f"sv,
    "\x7f"sv,
    "\x80"sv,
    "\xff"sv,
    "\xc3"sv,
    "\xed"sv,
    "é"sv,
    "😀"sv,
    "null"sv,
    "true"sv,
    "fals"sv,
    "0"sv,
    "-"sv,
    "1e999"sv,
    "01"sv,
    "1."sv,
    ".5"sv,
    "\\u"sv,
    "\\u0000"sv,
    "\\ud800"sv,
    "\\udc00"sv,
    "\\ud83d\\ude00"sv,
    "\\x"sv,
    "\"\""sv,
    "\"a\""sv,
    "\"a\":1"sv,
    "\"a\":1,"sv,
    "{}"sv,
    "[]"sv,
    ",,"sv,
    "[[[["sv,
    "]]"sv,
    "}}"sv,
    "\":\""sv,
    "\",\""sv,
    "/**/"sv,
    "\"id\":"sv,
    "\"data\":"sv,
    "\"tags\":["sv,
    "\"config\":{"sv,
    "\xef\xbb\xbf"sv,
};

}  // namespace

std::string mutator::mutated(std::string_view document, std::string_view other) {
    std::string text{document};
    for (std::size_t times = 1 + below(4); times > 0; --times)
        mutate(text, other);
    return text;
}

void mutator::mutate(std::string& text, std::string_view other) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t size = below(std::min<std::size_t>(text.size() - at + 1, 12));
    switch (below(9)) {
        case 0:
            if (at < text.size()) text[at] = static_cast<char>(random_());
            break;
        case 1:
            if (at < text.size()) text[at] ^= static_cast<char>(1U << below(8));
            break;
        case 2:
            text.erase(at, size);
            break;
        case 3:
            text.insert(at, pieces[below(pieces.size())]);
            break;
        case 4:
            text.replace(at, size, pieces[below(pieces.size())]);
            break;
        case 5:
            text.insert(below(text.size() + 1), text.substr(at, below(200)));
            break;
        case 6:
            text.resize(at);
            break;
        case 7:
            text.replace(at, below(200), other.substr(below(other.size()), below(200)));
            break;
        default:
            replace_token(text, at);
    }
}

/// Puts a piece in the place of what stands between two marks, so that the document stays valid more often.
void mutator::replace_token(std::string& text, std::size_t at) {
    const std::size_t begin = text.find_first_of(":,[", at);
    if (begin == std::string::npos) return;
    const std::size_t end = text.find_first_of(",]}", begin + 1);
    if (end != std::string::npos) text.replace(begin + 1, end - begin - 1, pieces[below(pieces.size())]);
}

}  // namespace rollcall::normalizers::tests
