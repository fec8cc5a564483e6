// Documents that are nearly valid: a few bytes of a sound one changed, the same ones for the same seed.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <string_view>

namespace rollcall::normalizers::tests {

class mutator {
  public:
    explicit mutator(std::uint32_t seed) : random_(seed) {}

    /// `document` with up to four changes, some of which bring in parts of `other`.
    [[nodiscard]] std::string mutated(std::string_view document, std::string_view other);

  private:
    std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }
    void mutate(std::string& text, std::string_view other);
    void replace_token(std::string& text, std::size_t at);

    std::mt19937 random_;
};

}  // namespace rollcall::normalizers::tests
