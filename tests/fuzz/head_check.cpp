// The head of a request, read strictly: the verdict does not depend on how the bytes arrive, and what is accepted is
// read by Beast's parser in the same way, which is lenient but another implementation.
#include "gateway/http/head_check.hpp"

#include "gateway/http/text.hpp"
#include "tests/fuzz/input.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include <optional>
#include <string>

namespace {

using namespace rollcall::gateway;
using rollcall::fuzz::check;
using verdict = head_finder::verdict;
namespace http = boost::beast::http;

/// Small ones are met by small inputs.
constexpr rollcall::config::limits tight{.header_bytes = 256, .header_count = 8, .uri_bytes = 64};
constexpr rollcall::config::limits usual{};

struct outcome {
    verdict found = verdict::more;
    head_fault fault{};  ///< of a head that is refused
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] bool is_too_long() const {
        return fault.code == problem_code::uri_too_long || fault.code == problem_code::headers_too_large;
    }

    /// Of a head that is both too long and malformed either may be told.
    bool operator==(const outcome& other) const {
        if (found != other.found) return false;
        if (found == verdict::failed) return fault.code == other.fault.code || is_too_long() || other.is_too_long();
        return found == verdict::more || (begin == other.begin && end == other.end);
    }
};

/// Of a request whose first word is too long as well.
bool has_method(std::string_view received) {
    if (received.starts_with("\r\n")) received.remove_prefix(2);
    return received.find(' ') <= longest_method;
}

/// Shows the finder `bytes` in steps of `piece`, and reads the head where it is whole.
outcome read(std::string_view bytes, std::size_t piece, const rollcall::config::limits& limits, request_head& head) {
    head_finder finder{limits};
    outcome result;
    for (std::size_t size = 0; result.found == verdict::more && size < bytes.size();) {
        size = std::min(size + piece, bytes.size());
        result.found = finder.look(bytes.substr(0, size));
        check(result.found != verdict::complete || finder.end() <= size, "a head ends within what was received");
    }
    result.fault = finder.fault();
    if (result.found != verdict::complete) return result;
    result.begin = finder.begin();
    result.end = finder.end();
    const auto fault = read_head(bytes.substr(result.begin, result.end - result.begin), limits, head);
    if (fault) result = {verdict::failed, *fault};
    return result;
}

std::size_t count_of(const request_head& head, std::string_view name) {
    return static_cast<std::size_t>(
        std::count_if(head.fields.begin(), head.fields.end(),
                      [&](const header_field& field) { return rollcall::equals_ignoring_case(field.name, name); }));
}

void check_head(const request_head& head, const rollcall::config::limits& limits) {
    check(head.method != method::other, "an accepted method is known");
    check(head.path.starts_with('/'), "a path begins with a slash");
    check(all(text_class::target, head.path) && all(text_class::target, head.query), "a target is clean");
    check(head.path.size() + head.query.size() <= limits.uri_bytes, "a target keeps to its limit");
    check(head.fields.size() <= limits.header_count, "fields keep to their limit");
    for (const header_field& field : head.fields) {
        check(!field.name.empty() && all(text_class::token, field.name), "a field's name is a token");
        check(all(text_class::value, field.value), "a field's value holds no control character");
        check(field.value == rollcall::trimmed(field.value), "a field's value has no white space around it");
    }
    check(count_of(head, "host") == 1 || (head.http_1_0 && count_of(head, "host") == 0), "there is one Host");
    const std::size_t lengths = count_of(head, "content-length");
    const std::size_t codings = count_of(head, "transfer-encoding");
    check(lengths + codings <= 1, "one field at most frames the body");
    check((head.framing == body_framing::chunked) == (codings == 1), "a coded body is chunked");
    check((head.framing == body_framing::length) == (head.content_length > 0), "a length is of a body");
    check(!head.http_1_0 || (!head.expects_continue && codings == 0), "HTTP/1.0 knows neither");
}

void check_against_beast(std::string_view block, const request_head& head) {
    const std::string_view version = block.substr(0, block.find('\r'));
    if (!version.ends_with("HTTP/1.1") && !version.ends_with("HTTP/1.0")) return;  // it knows no later 1.x
    http::request_parser<http::empty_body> parser;
    parser.header_limit(1 << 20);
    parser.body_limit(boost::none);
    boost::system::error_code error;
    // Stops behind the fields, so that the body is not missed.
    parser.put(boost::asio::buffer(block.data(), block.size()), error);
    // What says nothing of the framing may be a malformed list for us; the options in it that we know still count.
    const bool has_options =
        count_of(head, "connection") + count_of(head, "proxy-connection") + count_of(head, "upgrade") > 0;
    if (!parser.is_header_done() && has_options) return;
    check(parser.is_header_done(), "Beast's parser takes what is accepted");
    const auto& message = parser.get();
    check(std::string_view{message.method_string()} == name_of(head.method), "both read the same method");
    check(std::string_view{message.target()}.find(head.path == "/" ? "" : head.path) != std::string_view::npos,
          "both read the same target");
    check(parser.chunked() == (head.framing == body_framing::chunked), "both find the body chunked");
    const std::uint64_t length = parser.content_length().value_or(0);
    check(length == (head.framing == body_framing::length ? head.content_length : 0), "both read the same length");
    // Of lists with empty elements Beast does not see the rest.
    const auto connection = message[http::field::connection];
    if (count_of(head, "connection") <= 1 && connection.find(',') == connection.npos)
        check(message.keep_alive() == head.keep_alive, "both know whether the connection goes on");
    const auto fields = std::distance(message.begin(), message.end());
    check(static_cast<std::size_t>(fields) == head.fields.size(), "both find as many fields");
}

/// Nothing that comes in pieces is read in another way than `whole`; at most it is refused earlier.
void check_split(const std::string& received, std::size_t piece, const rollcall::config::limits& limits,
                 const outcome& whole) {
    request_head head;
    const outcome split = read(received, piece, limits, head);
    if (whole.found == verdict::more && split.found == verdict::failed) {
        const std::string ended = received + "\r\n\r\n";
        check(read(ended, ended.size(), limits, head).found == verdict::failed, "what is refused early is refused");
        return;
    }
    check(split == whole, "a head that comes in pieces is read like a whole one");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    rollcall::fuzz::input input{bytes, size};
    const auto& limits = input.below(2) == 0 ? usual : tight;
    const std::size_t piece = input.below(64) + 1;
    const std::string received{input.rest()};

    request_head head;
    const outcome whole = read(received, received.size(), limits, head);
    if (whole.found == verdict::complete) {
        check_head(head, limits);
        check_against_beast(std::string_view{received}.substr(whole.begin, whole.end - whole.begin), head);
    }
    if (!has_method(received)) return 0;
    check_split(received, 1, limits, whole);
    check_split(received, piece, limits, whole);
    return 0;
}
