// Random identifiers: seeding and writing them.
#include "gateway/http/identifiers.hpp"

#include "gateway/http/text.hpp"

namespace rollcall::gateway {

std::mt19937_64 identifiers::seeded() {
    std::random_device source;
    // Several words, so that two threads or processes do not share a sequence by the birthday of one 32-bit seed.
    std::seed_seq seed{source(), source(), source(), source(), source(), source(), source(), source()};
    return std::mt19937_64(seed);
}

void identifiers::write_request_id(std::string& out) {
    out.clear();
    append_hex(out, next());
    append_hex(out, next());
}

void append_hex(std::string& out, std::uint64_t value) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        out += digits[(value >> shift) & 0xf];
}

bool is_request_id(std::string_view text) {
    constexpr std::size_t longest = 128;
    return !text.empty() && text.size() <= longest && all(text_class::visible, text);
}

}  // namespace rollcall::gateway
