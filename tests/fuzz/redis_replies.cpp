// Redis's replies: what is read does not depend on how the bytes arrive, and no list is longer than its limit.
#include "store/protocol.hpp"
#include "tests/fuzz/input.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace {

using rollcall::fuzz::check;
using rollcall::store::reply;
using rollcall::store::reply_reader;

constexpr reply_reader::limits limits{1024 * 1024, 8};

struct outcome {
    std::string replies;  // all of them as one text
    bool broken = false;

    bool operator==(const outcome&) const = default;
};

void append(std::string& out, const reply& reply) {
    out += std::to_string(static_cast<int>(reply.is)) + ' ' + std::to_string(reply.integer) + ' ';
    out += std::to_string(reply.text.size()) + ' ' + reply.text + ' ' + std::to_string(reply.list.size()) + '\n';
    check(reply.list.size() <= limits.elements, "a list has more elements than its limit");
    for (const auto& element : reply.list)
        append(out, element);
}

outcome read(std::string_view bytes, std::size_t piece) {
    reply_reader reader{limits};
    outcome result;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        reader.feed(bytes.substr(at, piece));
        while (const auto next = reader.next())
            append(result.replies, *next);
    }
    result.broken = !reader.fault().empty();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes = rollcall::fuzz::input{data, size}.rest();
    if (bytes.size() > limits.bytes) return 0;
    const outcome whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}})
        check(read(bytes, piece) == whole, "what is read depends on the pieces");
    return 0;
}
