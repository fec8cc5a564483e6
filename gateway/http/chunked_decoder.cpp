// The states of a chunked body: size, extensions, data, trailers.
#include "gateway/http/chunked_decoder.hpp"

#include "gateway/http/text.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

constexpr unsigned most_size_digits = 16;           // what fits 64 bits
constexpr std::size_t most_extension_bytes = 1024;  // nobody sends any; a bound keeps them from being a free upload

}  // namespace

chunked_decoder::verdict chunked_decoder::feed(std::string_view input, std::string& body, std::size_t& consumed) {
    consumed = 0;
    while (consumed < input.size() && state_ != state::complete && state_ != state::failed) {
        if (state_ == state::data) {
            const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(chunk_left_, input.size() - consumed));
            body += input.substr(consumed, part);
            consumed += part;
            chunk_left_ -= part;
            if (chunk_left_ == 0) state_ = state::data_return;
        } else {
            state_ = step(input[consumed++]);
        }
    }
    if (state_ == state::failed) return verdict::failed;
    return state_ == state::complete ? verdict::complete : verdict::more;
}

chunked_decoder::state chunked_decoder::fail(problem_code code, std::string_view detail) {
    fault_ = {code, detail};
    return state::failed;
}

chunked_decoder::state chunked_decoder::step(char byte) {
    constexpr auto malformed = problem_code::malformed_request;
    switch (state_) {
        case state::size_first:
            chunk_left_ = 0;
            size_digits_ = 0;
            if (!is(text_class::hex_digit, byte)) return fail(malformed, "A chunk's size is not hexadecimal.");
            return after_size_digit(byte);
        case state::size:
            if (is(text_class::hex_digit, byte)) return after_size_digit(byte);
            return after_extension_part(byte);
        case state::size_feed:
            return byte == '\n' ? begin_data() : fail(malformed, "A chunk's size does not end in CRLF.");
        case state::data_return:
            return byte == '\r' ? state::data_feed : fail(malformed, "A chunk is longer than its size.");
        case state::data_feed:
            return byte == '\n' ? state::size_first : fail(malformed, "A chunk's data does not end in CRLF.");
        case state::trailer_first:
        case state::trailer_name:
        case state::trailer_value:
        case state::trailer_feed:
        case state::last_feed:
            return step_trailer(byte);
        default:
            return step_extension(byte);
    }
}

chunked_decoder::state chunked_decoder::after_size_digit(char byte) {
    if (++size_digits_ > most_size_digits) return fail(problem_code::malformed_request, "A chunk's size is too long.");
    chunk_left_ = chunk_left_ * 16 + hex_value(byte);
    return state::size;
}

chunked_decoder::state chunked_decoder::after_extension_part(char byte) {
    if (byte == '\r') return state::size_feed;
    if (byte == ';') return state::extension_name_first;
    return fail(problem_code::malformed_request, "A chunk's size is followed by what is no extension.");
}

chunked_decoder::state chunked_decoder::step_extension(char byte) {
    constexpr auto malformed = problem_code::malformed_request;
    constexpr std::string_view broken = "A chunk extension is malformed.";
    if (++extension_bytes_ > most_extension_bytes) return fail(malformed, "The chunk extensions are too long.");
    const bool token = is(text_class::token, byte);
    switch (state_) {
        case state::extension_name_first:
            return token ? state::extension_name : fail(malformed, broken);
        case state::extension_name:
            if (token) return state::extension_name;
            return byte == '=' ? state::extension_value_first : after_extension_part(byte);
        case state::extension_value_first:
            if (byte == '"') return state::extension_quoted;
            return token ? state::extension_value : fail(malformed, broken);
        case state::extension_value:
            return token ? state::extension_value : after_extension_part(byte);
        case state::extension_quoted:
            if (byte == '"') return state::extension_quoted_end;
            if (byte == '\\') return state::extension_escaped;
            return is(text_class::value, byte) ? state::extension_quoted : fail(malformed, broken);
        case state::extension_escaped:
            return is(text_class::value, byte) ? state::extension_quoted : fail(malformed, broken);
        default:
            return after_extension_part(byte);
    }
}

chunked_decoder::state chunked_decoder::begin_data() {
    if (chunk_left_ == 0) return state::trailer_first;
    if (chunk_left_ > body_bytes_ - decoded_) {
        return fail(problem_code::payload_too_large, "The body exceeds the limit.");
    }
    decoded_ += static_cast<std::size_t>(chunk_left_);
    return state::data;
}

chunked_decoder::state chunked_decoder::step_trailer(char byte) {
    constexpr auto malformed = problem_code::malformed_request;
    constexpr std::string_view broken = "A trailer line is malformed.";
    if (trailer_bytes_-- == 0) return fail(problem_code::headers_too_large, "The trailers exceed the limit.");
    switch (state_) {
        case state::trailer_first:
            if (byte == '\r') return state::last_feed;
            return is(text_class::token, byte) ? state::trailer_name : fail(malformed, broken);
        case state::trailer_name:
            if (is(text_class::token, byte)) return state::trailer_name;
            return byte == ':' ? state::trailer_value : fail(malformed, broken);
        case state::trailer_value:
            if (byte == '\r') return state::trailer_feed;
            return is(text_class::value, byte) ? state::trailer_value : fail(malformed, broken);
        case state::trailer_feed:
            return byte == '\n' ? state::trailer_first : fail(malformed, broken);
        default:
            return byte == '\n' ? state::complete : fail(malformed, broken);
    }
}

}  // namespace rollcall::gateway
