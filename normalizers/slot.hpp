// One value of a provider's JSON, found and checked, waiting to be written.
#pragma once

#include "normalizers/tree.hpp"

#include <array>
#include <cstdint>
#include <string_view>

namespace rollcall::normalizers {

enum class token : std::uint8_t { missing, null, boolean, number, text, object, array };

struct slot {
    token kind = token::missing;
    bool escaped = false;              ///< a text that holds escapes
    bool rewritten = false;            ///< an array that a list has rewritten into the text between `begin` and `end`
    std::uint32_t begin = 0;           ///< in the text of its lists
    std::uint32_t end = 0;             ///< these three mean nothing where it has not been rewritten
    std::uint32_t wrong_elements = 0;  ///< of it, values that were not of the type that the shape says
    std::string_view raw;              ///< the checked bytes, in the provider's body; a text with its quotes

    /// A text without its quotes, escapes as they were sent.
    [[nodiscard]] std::string_view inside() const { return raw.substr(1, raw.size() - 2); }
};

/// The values that a tree asks for. What was found and is more than null has its bit set, so that all are emptied at
/// once.
class slots {
  public:
    /// The value at `index`; of kind `missing` where there is none, or null.
    [[nodiscard]] const slot& operator[](slot_index index) const { return there(index) ? values_[index] : missing; }

    /// One that is there.
    [[nodiscard]] const slot& at(slot_index index) const { return values_[index]; }
    [[nodiscard]] bool there(slot_index index) const { return (there_ >> index & 1) != 0; }
    [[nodiscard]] bool any_of(std::uint64_t set) const { return (there_ & set) != 0; }

    void clear() { there_ = 0; }
    void forget(std::uint64_t set) { there_ &= ~set; }

    /// Where the value of `index` is to be put before it is said to be `found`.
    [[nodiscard]] slot& place(slot_index index) { return values_[index]; }
    void found(slot_index index) { there_ |= std::uint64_t{1} << index; }

  private:
    static constexpr slot missing{};

    std::uint64_t there_ = 0;
    std::array<slot, slot_limit> values_;
};

}  // namespace rollcall::normalizers
