// A string that may be read a little beyond its end, as texts are that are compared and copied in large pieces.
#pragma once

#include "normalizers/structure.hpp"

#include <string>
#include <string_view>

namespace rollcall::normalizers {

/// Owns a copy of a text, behind which text_padding bytes are readable, also when it is moved or copied.
class padded_text {
  public:
    padded_text() : padded_text(std::string_view{}) {}
    explicit padded_text(std::string_view text) : text_(text), size_(text.size()) { text_.append(text_padding, '\0'); }

    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }
    [[nodiscard]] bool empty() const { return size_ == 0; }

  private:
    std::string text_;
    std::size_t size_ = 0;
};

}  // namespace rollcall::normalizers
