// Reading X-Request-Timeout-Ms.
#include "gateway/http/client_timeout.hpp"

#include "gateway/http/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace rollcall::gateway {
namespace {

constexpr std::chrono::milliseconds longest = std::chrono::hours{1};

}  // namespace

std::optional<std::chrono::milliseconds> read_client_timeout(std::string_view value) {
    if (value.empty() || !std::ranges::all_of(value, is_digit)) return std::nullopt;
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error == std::errc::result_out_of_range) return longest;
    if (number == 0) return std::nullopt;
    return std::min(std::chrono::milliseconds{number}, longest);
}

}  // namespace rollcall::gateway
