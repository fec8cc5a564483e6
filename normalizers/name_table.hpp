// Which of a few names a text is, for the keys of objects and the values of choices.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::normalizers {

/// A hash table whose names are compared eight bytes at a time: every key of every agent is looked up, those that no
/// rule reads included, and the walk that does so is a quarter of the time of reading a page even so.
class name_table {
  public:
    static constexpr std::uint16_t none = 0xffff;  ///< no name; so there are fewer

    /// Adds `name`, which is new, as the next: the first is 0.
    void add(std::string_view name);

    /// Which name `text` is, or `none`. text_padding must be readable behind it.
    [[nodiscard]] std::uint16_t find(std::string_view text) const {
        const std::uint64_t head = head_of(text);
        std::uint16_t at = first_[place_of(head, text.size())];
        while (at != none && !is(entries_[at], head, text))
            at = entries_[at].next;
        return at;
    }

    [[nodiscard]] bool empty() const { return entries_.empty(); }

  private:
    struct entry {
        std::uint64_t head = 0;  ///< the first eight bytes, zero behind a shorter name
        std::uint64_t tail = 0;  ///< the last eight; of a shorter name nothing
        std::string name;
        std::uint16_t next = none;  ///< at the same place of the table
    };
    static constexpr std::size_t place_bits = 6;

    static_assert(std::endian::native == std::endian::little, "the first byte of a text is the lowest of its word");

    static std::uint64_t word_at(const char* at) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, sizeof word);
        return word;
    }
    static std::uint64_t head_of(std::string_view text) {
        const std::uint64_t word = word_at(text.data());
        return text.size() >= sizeof word ? word : word & ~(~std::uint64_t{0} << 8 * text.size());
    }
    static std::size_t place_of(std::uint64_t head, std::size_t size) {
        constexpr std::uint64_t golden_ratio = 0x9e37'79b9'7f4a'7c15;
        return (head ^ size) * golden_ratio >> (64 - place_bits);
    }
    static bool is(const entry& entry, std::uint64_t head, std::string_view text) {
        constexpr std::size_t word = sizeof head;
        if (entry.head != head || entry.name.size() != text.size()) return false;
        if (text.size() <= word) return true;
        if (word_at(text.data() + text.size() - word) != entry.tail) return false;
        return text.size() <= 2 * word || std::memcmp(text.data(), entry.name.data(), text.size()) == 0;
    }

    std::vector<entry> entries_;
    std::array<std::uint16_t, std::size_t{1} << place_bits> first_ = [] {
        decltype(first_) empty{};
        empty.fill(none);
        return empty;
    }();
};

}  // namespace rollcall::normalizers
