// What the fuzz targets share: taking the fuzzer's bytes apart, and ending the program where a promise is broken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace rollcall::fuzz {

/// Ends the program where `holds` is false; the fuzzer then keeps the input. `promise` says what should have held.
inline void check(bool holds, std::string_view promise) {
    if (holds) return;
    std::fprintf(stderr, "BROKEN PROMISE: %.*s\n", static_cast<int>(promise.size()), promise.data());
    std::abort();
}

/// The fuzzer's bytes, taken from the front. Where there are none left it gives zeros and empty texts.
class input {
  public:
    input(const std::uint8_t* bytes, std::size_t size) : rest_(reinterpret_cast<const char*>(bytes), size) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }

    /// One byte as a number below `bound`; of text, `0` to `9` are themselves.
    std::size_t below(std::size_t bound) {
        const std::string_view taken = text(1);
        const std::size_t value = taken.empty() ? '0' : static_cast<unsigned char>(taken.front());
        return (value + 256 - '0') % 256 % bound;
    }

    /// Up to `most` bytes.
    std::string_view text(std::size_t most) {
        const std::string_view taken = rest_.substr(0, most);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    /// Up to the next line feed, which goes too.
    std::string_view line() {
        const std::string_view taken = rest_.substr(0, rest_.find('\n'));
        rest_.remove_prefix(std::min(taken.size() + 1, rest_.size()));
        return taken;
    }

    std::string_view rest() { return text(rest_.size()); }

  private:
    std::string_view rest_;
};

}  // namespace rollcall::fuzz
