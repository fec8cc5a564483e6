// Where the tokens of a JSON text begin, found by simdjson's first stage. What stands between them is not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace simdjson::internal {
class dom_parser_implementation;
}

namespace rollcall::normalizers {

/// Bytes behind a text that must be readable, whatever they are: texts are loaded and copied in pieces of 8 to 32.
inline constexpr std::size_t text_padding = 64;

/// Keeps its memory, four bytes for each of the largest text. Not thread-safe.
///
/// Only simdjson's first stage is used, with the fastest kernel that the machine has. Reading on with On-Demand, whose
/// every step had to be checked again, was most of the 0.3 GB/s that became 1.1 (docs/performance.md).
class structure {
  public:
    structure();
    ~structure();
    structure(structure&&) noexcept;
    structure& operator=(structure&&) noexcept;

    /// Finds the first byte of each bracket, comma, colon, string and other scalar of `text`, in their order, and
    /// checks that it is UTF-8, that every string is closed and holds no control character. White space alone stands
    /// between the end of a string or scalar and the next token; what scalars and escapes are made of has not been
    /// checked. Returns what is wrong, in simdjson's words.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view text);

    /// The places of the tokens in the text; behind the last one stands the size of the text.
    [[nodiscard]] const std::uint32_t* tokens() const;
    [[nodiscard]] std::size_t size() const;

    /// Bytes of memory that it holds.
    [[nodiscard]] std::size_t memory() const;

  private:
    std::unique_ptr<simdjson::internal::dom_parser_implementation> stages_;
};

}  // namespace rollcall::normalizers
