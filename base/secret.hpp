// A text that must never be printed: keys, tokens, the cursor's secret.
#pragma once

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

namespace rollcall {

/// Holds a secret; every way of formatting it prints `***`. Only `reveal` shows it.
class secret {
  public:
    secret() = default;
    explicit secret(std::string text) : text_(std::move(text)) {}

    [[nodiscard]] std::string_view reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] bool operator==(const secret&) const = default;

  private:
    std::string text_;
};

inline std::ostream& operator<<(std::ostream& out, const secret&) {
    return out << "***";
}

}  // namespace rollcall

template<>
struct fmt::formatter<rollcall::secret> : fmt::formatter<std::string_view> {
    auto format(const rollcall::secret&, fmt::format_context& context) const {
        return fmt::formatter<std::string_view>::format("***", context);
    }
};
