// Cursors: none but the gateway's own is taken, whatever it holds then is read or refused, and what was packed comes
// out as it was, for the same filters, until it expires.
#include "gateway/roster/cursor.hpp"

#include "base/base64.hpp"
#include "tests/fuzz/input.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>

namespace {

using namespace rollcall::gateway;
using rollcall::fuzz::check;
using rollcall::fuzz::input;

constexpr std::string_view key = "a key that nobody knows";
constexpr std::string_view filters = "0 0|";
constexpr std::chrono::seconds expiry{3600};
constexpr rollcall::system_clock::time_point now{std::chrono::seconds{1'700'000'000}};
constexpr std::size_t most_cursor_bytes = 4096;  // for four providers
constexpr std::size_t most_providers = 4;
constexpr std::size_t longest_name = 32;
constexpr std::size_t longest_position = 600;
constexpr std::size_t alphabet = 64;  // of base64url

cursor_codec& codec() {
    static cursor_codec codec{rollcall::secret{std::string{key}}, expiry};
    return codec;
}

bool equal(const bookmark& left, const bookmark& right) {
    return left.ended == right.ended && left.position == right.position && left.given == right.given &&
           left.trail.recent == right.trail.recent && left.trail.mark == right.trail.mark &&
           left.trail.steps == right.trail.steps;
}

bool equal(const bookmarks& left, const bookmarks& right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(), [](const auto& one, const auto& other) {
        return one.first == other.first && equal(one.second, other.second);
    });
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// A cursor with a true signature over whatever `content` is, behind a good beginning.
std::string signed_cursor(std::string_view content) {
    std::string bytes{"\x01"};
    const auto made =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count());
    for (int shift = 56; shift >= 0; shift -= 8)
        bytes += static_cast<char>(made >> shift & 0xff);
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(bytes_of(filters), filters.size(), digest.data());
    bytes.append(reinterpret_cast<const char*>(digest.data()), 8);
    bytes += content;
    std::array<unsigned char, 32> signature{};
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(bytes), bytes.size(), signature.data(),
         nullptr);
    bytes.append(reinterpret_cast<const char*>(signature.data()), signature.size());
    return rollcall::base64url(bytes);
}

void try_forged(std::string_view cursor) {
    const auto outcome = codec().unpack(cursor, filters, now);
    const auto* const error = std::get_if<cursor_error>(&outcome);
    check(error != nullptr && *error == cursor_error::malformed, "a cursor that was not made here is refused");
}

/// What is read of any content is the same when it is packed and read again.
void try_signed(std::string_view content) {
    const auto outcome = codec().unpack(signed_cursor(content), filters, now);
    if (const auto* const error = std::get_if<cursor_error>(&outcome)) {
        check(*error == cursor_error::malformed, "a signed cursor is neither expired nor of other filters");
        return;
    }
    const auto again = codec().unpack(codec().pack(std::get<bookmarks>(outcome), filters, now), filters, now);
    check(std::holds_alternative<bookmarks>(again), "what was unpacked can be packed");
    const auto third = codec().unpack(codec().pack(std::get<bookmarks>(again), filters, now), filters, now);
    check(equal(std::get<bookmarks>(again), std::get<bookmarks>(third)), "a cursor made of a cursor is the same");
}

bookmarks bookmarks_of(input& from) {
    bookmarks made;
    while (!from.empty() && made.size() < most_providers) {
        bookmark bookmark;
        const std::string name{from.text(1 + from.below(longest_name))};
        bookmark.ended = from.below(4) == 0;
        bookmark.given = static_cast<std::uint32_t>(from.below(256) * from.below(256));
        for (std::size_t steps = bookmark.ended ? 0 : from.below(16); steps > 0; --steps)
            bookmark.trail.step(from.text(from.below(8)));
        bookmark.position = from.text(from.below(256) * 3);
        bookmark.position.resize(std::min(bookmark.position.size(), longest_position));
        made.insert_or_assign(name, std::move(bookmark));
    }
    return made;
}

void try_packed(input& from) {
    const std::size_t place = from.below(256) * 256 + from.below(256);
    const std::size_t change = 1 + from.below(alphabet - 1);
    const bookmarks given = bookmarks_of(from);
    const std::string cursor = codec().pack(given, filters, now);
    check(cursor.size() <= most_cursor_bytes, "the cursor of four providers keeps to its limit");

    const auto outcome = codec().unpack(cursor, filters, now + expiry);
    check(std::holds_alternative<bookmarks>(outcome), "a cursor is good until it expires");
    check(equal(std::get<bookmarks>(outcome), given), "what was packed comes out as it was");

    const auto other = codec().unpack(cursor, "1 0|", now);
    check(std::get<cursor_error>(other) == cursor_error::other_filters, "a cursor is bound to its filters");
    const auto late = codec().unpack(cursor, filters, now + expiry + std::chrono::seconds{1});
    check(std::get<cursor_error>(late) == cursor_error::expired, "a cursor expires");

    constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string changed = cursor;
    char& letter = changed[place % changed.size()];
    letter = letters[(letters.find(letter) + change) % alphabet];
    try_forged(changed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    input input{bytes, size};
    switch (input.below(3)) {
        case 0:
            try_forged(input.rest());
            break;
        case 1:
            try_signed(input.rest());
            break;
        default:
            try_packed(input);
            break;
    }
    return 0;
}
