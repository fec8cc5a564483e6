// Decoding what is percent-encoded.
#include "gateway/http/percent_encoding.hpp"

#include "gateway/http/text.hpp"

namespace rollcall::gateway {

bool decode_percent(std::string_view encoded, plus_sign plus, std::string& out) {
    out.clear();
    for (std::size_t at = 0; at < encoded.size(); ++at) {
        if (encoded[at] != '%') {
            out += encoded[at] == '+' && plus == plus_sign::space ? ' ' : encoded[at];
            continue;
        }
        const auto digits = encoded.substr(at + 1, 2);
        if (digits.size() != 2 || !all(text_class::hex_digit, digits)) return false;
        out += static_cast<char>(hex_value(digits[0]) * 16 + hex_value(digits[1]));
        at += 2;
    }
    return true;
}

}  // namespace rollcall::gateway
