// Thousands of documents that are nearly the documented ones: each is refused or read into valid JSON, and Boost.JSON
// agrees on whether it was valid.
#include "tests/normalizers/audit.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

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

class mutator {
  public:
    explicit mutator(std::uint32_t seed) : random_(seed) {}

    std::string mutated(std::string_view document, std::string_view other) {
        std::string text{document};
        for (std::size_t times = 1 + below(4); times > 0; --times)
            mutate(text, other);
        return text;
    }

  private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

    void mutate(std::string& text, std::string_view other) {
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
    void replace_token(std::string& text, std::size_t at) {
        const std::size_t begin = text.find_first_of(":,[", at);
        if (begin == std::string::npos) return;
        const std::size_t end = text.find_first_of(",]}", begin + 1);
        if (end != std::string::npos) text.replace(begin + 1, end - begin - 1, pieces[below(pieces.size())]);
    }

    std::mt19937 random_;
};

constexpr int mutations_of_each = 3000;

TEST_CASE("a document with a few bytes changed is refused or read into valid JSON") {
    mutator mutator{20250115};
    std::string_view other = heppu().one_example;
    for (const dialect* const dialect : all_dialects()) {
        INFO(dialect->provider);
        auditor auditor{*dialect};
        for (const std::string_view document : {dialect->list_example, dialect->one_example}) {
            if (document.empty()) continue;
            for (int i = 0; i < mutations_of_each; ++i)
                auditor.audit(mutator.mutated(document, other));
            other = document;
        }
        // A test that only ever sees one side shows nothing.
        CHECK(auditor.pages > 100);
        CHECK(auditor.refused > 1000);
    }
}

TEST_CASE("a document of every kind of value, changed in the same way") {
    constexpr std::string_view item =
        R"({"id":"a\/b\u00e9\ud83d\ude00","name":"\"","type":"voice","status":"active","config":{"greeting":"\\","voice":"v","x":[1,-2.5e3,true,null,{}]},)"
        R"("tools":[{"id":"t","config":{"a":[[]]}},{"name":"n"},5],"phoneNumbers":["+1","\u002b2",null],"createdAt":"2025-01-15T10:30:00.5+02:00"})";
    mutator mutator{42};
    auditor auditor{heppu()};
    const std::string document = heppu().list_of(std::string{item} + "," + std::string{item});
    for (int i = 0; i < mutations_of_each; ++i)
        auditor.audit(mutator.mutated(document, item));
    CHECK(auditor.pages > 100);
    CHECK(auditor.refused > 1000);
}

}  // namespace
}  // namespace rollcall::normalizers::tests
