// Chunked bodies: the outcome does not depend on how the bytes arrive, the limits hold, and what another has chunked
// comes out as it was.
#include "gateway/http/chunked_decoder.hpp"

#include "tests/fuzz/input.hpp"

#include <fmt/format.h>

#include <string>

namespace {

using rollcall::fuzz::check;
using rollcall::gateway::chunked_decoder;
using verdict = chunked_decoder::verdict;

constexpr std::size_t body_limit = 64;
constexpr std::size_t trailer_limit = 32;

struct outcome {
    verdict found = verdict::more;
    std::string body;
    std::size_t consumed = 0;

    bool operator==(const outcome&) const = default;
};

outcome decode(std::string_view bytes, std::size_t piece, std::size_t most) {
    chunked_decoder decoder{most, trailer_limit};
    outcome result;
    while (result.found == verdict::more && result.consumed < bytes.size()) {
        const std::string_view part = bytes.substr(result.consumed, piece);
        std::size_t consumed = 0;
        result.found = decoder.feed(part, result.body, consumed);
        check(consumed <= part.size(), "no more is consumed than there is");
        check(result.found != verdict::more || consumed == part.size(), "what is not the end is consumed");
        result.consumed += consumed;
    }
    check(result.body.size() <= most, "a body keeps to its limit");
    return result;
}

std::string chunked(std::string_view body, std::size_t piece) {
    std::string text;
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size()))) {
        const std::string_view part = body.substr(0, piece);
        text += fmt::format("{:x};n=\"v\"\r\n{}\r\n", part.size(), part);
    }
    return text + "0\r\nA: b\r\n\r\n";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const std::size_t piece = input.below(64) + 1;
    const std::string_view body = input.rest();

    const outcome whole = decode(body, body.size(), body_limit);
    check(decode(body, 1, body_limit) == whole, "a body that comes byte by byte is decoded like a whole one");
    check(decode(body, piece, body_limit) == whole, "a body that comes in pieces is decoded like a whole one");

    // A short body is in so few chunks that their extensions keep to their limit.
    const std::string_view sent = body.substr(0, body_limit);
    const std::string text = chunked(sent, piece);
    const outcome back = decode(text + "more", piece, body_limit);
    check(back == outcome{verdict::complete, std::string{sent}, text.size()}, "what was chunked comes out as it was");
    return 0;
}
