// The head of a request without sockets: what it is refused for does not depend on how its bytes arrive.
#include "gateway/http/head_check.hpp"

#include <doctest/doctest.h>

#include <string>

namespace rollcall::gateway::testing {
namespace {

/// The code with which the head is refused when it comes in steps of `piece` bytes.
std::optional<problem_code> refusal(std::string_view bytes, std::size_t piece) {
    const config::limits limits{.header_bytes = 256, .header_count = 8, .uri_bytes = 64};
    head_finder finder{limits};
    auto verdict = head_finder::verdict::more;
    for (std::size_t size = 0; verdict == head_finder::verdict::more && size < bytes.size();) {
        size = std::min(size + piece, bytes.size());
        verdict = finder.look(bytes.substr(0, size));
    }
    if (verdict == head_finder::verdict::failed) return finder.fault().code;
    REQUIRE(verdict == head_finder::verdict::complete);
    request_head head;
    const auto fault = read_head(bytes.substr(finder.begin(), finder.end() - finder.begin()), limits, head);
    if (!fault) return std::nullopt;
    return fault->code;
}

std::string fields(int count) {
    std::string text;
    for (int at = 0; at < count; ++at)
        text += "X-Filler: 0123456789\r\n";
    return text;
}

}  // namespace

TEST_CASE("a head with two faults is refused for the same one, whole and byte by byte") {
    const struct {
        std::string bytes;
        problem_code code;
    } rows[] = {
        {"FROB /agents HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", problem_code::not_implemented},
        {"GET /agents HTTP/2.0\r\nHost: a\r\n\n", problem_code::http_version_not_supported},
        {"FROB /agents HTTP/1.1\r\nHost: a\r\n" + fields(14) + "\r\n", problem_code::not_implemented},
        {"GET agents HTTP/1.1\r\nHost: a\r\n" + fields(14) + "\r\n", problem_code::malformed_request},
        {"FROB /agents HTTP/1.1\r\nHost: a\r\n\r\n", problem_code::not_implemented},
        {std::string(40, '(') + " /agents HTTP/1.1\r\nHost: a\r\n\r\n", problem_code::not_implemented},
        {"GET /agents HTTP/1.1\r\nHost: a\r\n" + fields(14) + "\r\n", problem_code::headers_too_large},
        {"GET /\ragents HTTP/2.0\r\nHost: a\r\n\r\n", problem_code::malformed_request},
        {"FROB /agents HTTP/1.0\rX\r\nHost: a\r\n\r\n", problem_code::malformed_request},
        {"GET /agents HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", problem_code::malformed_request},
    };
    for (const auto& row : rows) {
        CAPTURE(row.bytes);
        for (const std::size_t piece : {row.bytes.size(), std::size_t{7}, std::size_t{1}}) {
            CAPTURE(piece);
            CHECK(refusal(row.bytes, piece) == row.code);
        }
    }
}

}  // namespace rollcall::gateway::testing
