// What every data set is made of: repeatable random choices, names and texts (awkward ones among them), times.
// What an agent of one provider looks like stands with that provider's dialect.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::simulator {

/// Random choices that are the same for the same seed on every machine and library.
class dice {
  public:
    explicit dice(std::uint64_t seed) : state_(seed) {}

    std::uint64_t next();
    /// 0 … sides - 1; `sides` is at least 1.
    std::size_t below(std::size_t sides) { return static_cast<std::size_t>(next() % sides); }
    bool one_in(std::size_t sides) { return below(sides) == 0; }

    template<typename Choices>
    const auto& pick(const Choices& choices) {
        return choices[below(choices.size())];
    }

    /// `length` characters of `alphabet`.
    std::string text(std::size_t length, std::string_view alphabet);
    std::string uuid();

  private:
    std::uint64_t state_;
};

inline constexpr std::string_view base64url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
inline constexpr std::string_view hex_alphabet = "0123456789abcdef";

/// The name of a person, now and then one that tests escaping and encodings.
std::string person_name(dice& dice, std::size_t index);
/// The name of a bot, now and then an awkward one.
std::string bot_name(dice& dice, std::size_t index);
/// A system prompt, a greeting or a description; now and then awkward, among them 3,000 characters and none.
std::string prompt(dice& dice, std::size_t index);
std::string greeting(dice& dice, std::size_t index);
std::string description(dice& dice, std::size_t index);
/// `first.last@domain` for a plain name; made-up letters for others.
std::string email_of(dice& dice, std::string_view name);

using instant = std::chrono::sys_time<std::chrono::microseconds>;

/// The moment at which every data set begins: 2025-01-15T10:30:00Z.
instant first_moment();
/// 2025-01-15T10:30:00Z
std::string in_seconds(instant when);
/// 2025-01-15T10:30:00.008525Z
std::string in_microseconds(instant when);
/// 2025-01-15T12:30:00+02:00
std::string in_offset(instant when, std::chrono::minutes offset);
std::int64_t epoch_seconds(instant when);
/// RFC 3339 with `Z` or an offset.
std::optional<instant> read_instant(std::string_view text);
/// The time of day by the wall clock, for what is written during a run.
instant now();

}  // namespace rollcall::simulator
