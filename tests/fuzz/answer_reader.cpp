// A provider's answers: the outcome does not depend on how the bytes arrive, and the limit of the body holds.
#include "adapters/transport/answer_reader.hpp"

#include "adapters/transport/transport.hpp"
#include "tests/fuzz/input.hpp"

#include <simdjson.h>

#include <string>
#include <tuple>

namespace {

using rollcall::fuzz::check;
using namespace rollcall::adapters;
using step = answer_reader::step;

constexpr std::size_t body_limit = 100;
constexpr std::size_t most_answers = 8;  // of one connection; each is read behind the one before

struct outcome {
    step state = step::more;
    incoming answer{};
    bool reusable = false;

    [[nodiscard]] auto told() const {
        return std::tie(state, reusable, answer.status, answer.content_type, answer.link, answer.retry_after,
                        answer.rate_limit_remaining, answer.rate_limit_reset, answer.body);
    }
};

/// What is no HTTP shows at once or when a head should have ended, as it comes; either way it is no answer.
bool is_same(const outcome& left, const outcome& right) {
    if (left.state != step::whole || right.state != step::whole)
        return left.state != step::whole && right.state != step::whole;
    return left.told() == right.told();
}

/// Reads one answer off the front of `bytes`, which stay where they are if it has not ended with them.
outcome read(answer_reader& reader, std::string_view& bytes, std::size_t piece, bool then_ended) {
    outcome result;
    reader.start();
    while (result.state == step::more && !bytes.empty()) {
        const auto room = reader.room();
        check(!room.empty(), "there is room for what comes next");
        const std::size_t count = std::min({piece, bytes.size(), room.size()});
        std::copy_n(bytes.begin(), count, room.begin());
        bytes.remove_prefix(count);
        result.state = reader.received(count);
    }
    if (result.state == step::more && then_ended) result.state = reader.ended();
    check((result.state == step::broken) == !reader.fault().empty(), "what is broken says why");
    if (result.state != step::whole) return result;
    result.reusable = reader.reusable();
    result.answer = reader.take();
    const incoming& answer = result.answer;
    check(answer.status >= 200 && answer.status <= 999, "an answer has a final status");
    check(answer.body.size() <= body_limit, "a body keeps to its limit");
    check(answer.body.capacity() - answer.body.size() >= simdjson::SIMDJSON_PADDING, "a body has room behind it");
    for (const std::string* const value : {&answer.content_type, &answer.link, &answer.retry_after,
                                           &answer.rate_limit_remaining, &answer.rate_limit_reset}) {
        check(value->find_first_of(std::string_view{"\r\n\0", 3}) == std::string::npos, "a field is one line");
    }
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const bool then_ended = input.below(2) != 0;
    const std::size_t piece = input.below(64) + 1;
    const std::string_view all = input.rest();

    answer_reader in_pieces{body_limit};
    answer_reader byte_by_byte{body_limit};
    std::string_view rest = all;
    for (std::size_t answers = 0; answers < most_answers && !rest.empty(); ++answers) {
        std::string_view rest_of_pieces = rest;
        std::string_view rest_of_bytes = rest;
        // What stands behind an answer shows only if it has been received, so that only the reuse may differ.
        outcome pieces = read(in_pieces, rest_of_pieces, piece, then_ended);
        const outcome single = read(byte_by_byte, rest_of_bytes, 1, then_ended);
        answer_reader fresh{body_limit};
        std::string_view rest_of_whole = rest;
        outcome whole = read(fresh, rest_of_whole, rest.size(), then_ended);
        check(single.reusable || !whole.reusable, "what is reusable with more behind it is so without");
        whole.reusable = pieces.reusable = single.reusable;
        check(is_same(whole, single), "an answer that comes byte by byte is read like a whole one");
        check(is_same(pieces, single), "an answer that comes in pieces is read like a whole one");
        if (single.state != step::whole || !single.reusable) break;
        rest = rest_of_bytes;
    }
    return 0;
}
