// Reading answers with Beast's parser; the only file that compiles it.
#include "adapters/transport/answer_reader.hpp"

#include "adapters/transport/transport.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace rollcall::adapters {
namespace {

namespace http = boost::beast::http;
using boost::beast::iequals;
using boost::system::error_code;

constexpr std::size_t header_limit = 64 * 1024;
constexpr std::size_t first_buffer = 32 * 1024;    // two TLS records, and most answers' headers with their body
constexpr std::size_t largest_buffer = 64 * 1024;  // Beast needs a header line or a chunk's line in one piece
constexpr unsigned interim_limit = 8;
constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;

// Having seen this of a body without chunks, Beast 1.81 asserts that two bytes more come at once.
constexpr std::string_view last_chunk_line = "0\r\n";

}  // namespace

/// Collects what `incoming` holds of one answer, 1xx ones included.
class answer_reader::parser : public http::basic_parser<false> {
  public:
    parser(incoming& answer, std::size_t body_limit) : answer_(answer) {
        header_limit(adapters::header_limit);
        this->body_limit(body_limit);
        eager(true);
    }

    [[nodiscard]] const std::string& refusal() const { return refusal_; }

    [[nodiscard]] std::string progress() const {
        if (!is_header_done()) return "inside its headers";
        std::string text = "after " + std::to_string(answer_.body.size());
        if (const auto length = content_length()) text += " of " + std::to_string(*length);
        return text + " bytes";
    }

  private:
    void refuse(std::string why, error_code& error) {
        refusal_ = std::move(why);
        error = http::error::bad_value;
    }

    void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int, error_code&) override {}

    void on_response_impl(int status, boost::beast::string_view, int version, error_code& error) override {
        version_ = version;
        answer_.status = static_cast<unsigned>(status);
        if (status < 100) refuse("its status " + std::to_string(status) + " is none", error);
        if (status == 101) refuse("it switches protocols unasked", error);
    }

    void on_field_impl(http::field field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code& error) override {
        // Beast's own limit holds for what it is given at once, so a slow peer could send headers without end.
        header_bytes_ += name.size() + value.size() + std::string_view(": \r\n").size();
        if (header_bytes_ > adapters::header_limit) {
            error = http::error::header_limit;
            return;
        }
        if (in_body_) return;  // a trailer
        switch (field) {
            case http::field::transfer_encoding:
                check_transfer_coding(value, error);
                return;
            case http::field::content_encoding:
                check_content_coding(value, error);
                return;
            case http::field::content_type:
                answer_.content_type.assign(value.data(), value.size());
                return;
            case http::field::retry_after:
                answer_.retry_after.assign(value.data(), value.size());
                return;
            case http::field::link:
                if (!answer_.link.empty()) answer_.link += ", ";
                answer_.link.append(value.data(), value.size());
                return;
            case http::field::unknown:
                read_extension(name, value);
                return;
            default:
                return;
        }
    }

    // Beast takes an unknown coding for an empty body and the body for the next answer.
    void check_transfer_coding(boost::beast::string_view value, error_code& error) {
        if (version_ < 11) refuse("it has a transfer coding in HTTP/1.0", error);
        if (!iequals(value, "chunked")) refuse("its transfer coding is unknown", error);
    }

    // None was asked for: requests carry no Accept-Encoding.
    void check_content_coding(boost::beast::string_view value, error_code& error) {
        if (!value.empty() && !iequals(value, "identity")) refuse("its body is compressed, unasked", error);
    }

    void read_extension(boost::beast::string_view name, boost::beast::string_view value) {
        if (iequals(name, "X-RateLimit-Remaining")) answer_.rate_limit_remaining.assign(value.data(), value.size());
        if (iequals(name, "X-RateLimit-Reset")) answer_.rate_limit_reset.assign(value.data(), value.size());
    }

    void on_header_impl(error_code&) override {}

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
        in_body_ = true;
        // Beast has held the length against the body limit before.
        if (length) answer_.body.reserve(static_cast<std::size_t>(*length) + padding);
    }

    std::size_t on_body_impl(boost::beast::string_view piece, error_code&) override {
        std::string& body = answer_.body;
        const std::size_t needed = body.size() + piece.size() + padding;
        if (needed > body.capacity()) body.reserve(std::max(needed, body.capacity() * 2));
        body.append(piece.data(), piece.size());
        return piece.size();
    }

    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view piece, error_code& error) override {
        return on_body_impl(piece, error);
    }

    void on_finish_impl(error_code&) override {}

    incoming& answer_;
    std::string refusal_;
    std::size_t header_bytes_ = 0;
    int version_ = 0;
    bool in_body_ = false;
};

struct answer_reader::state {
    std::size_t body_limit = 0;
    std::vector<char> buffer = std::vector<char>(first_buffer);
    std::size_t begin = 0;  // what Beast has not consumed stands in [begin, end)
    std::size_t end = 0;
    std::optional<answer_reader::parser> parser;
    unsigned interim = 0;
    bool begun = false;
    std::string fault;
    incoming answer;
};

answer_reader::answer_reader(std::size_t body_limit) : state_(std::make_unique<state>()) {
    state_->body_limit = body_limit;
    start();
}

answer_reader::~answer_reader() = default;

void answer_reader::start() {
    state& self = *state_;
    self.begin = self.end = 0;
    self.interim = 0;
    self.begun = false;
    self.fault.clear();
    self.answer = {};
    self.parser.emplace(self.answer, self.body_limit);
}

std::span<char> answer_reader::room() {
    state& self = *state_;
    if (self.begin > 0) {
        std::memmove(self.buffer.data(), self.buffer.data() + self.begin, self.end - self.begin);
        self.end -= std::exchange(self.begin, 0);
    }
    if (self.end == self.buffer.size()) self.buffer.resize(largest_buffer);
    return std::span(self.buffer).subspan(self.end);
}

answer_reader::step answer_reader::received(std::size_t count) {
    state_->end += count;
    state_->begun = state_->begun || count > 0;
    return parse();
}

/// Whether the bytes at hand must not be shown to Beast without the next one. There always is a next one: what looks
/// like the last chunk's line ends no chunked body.
bool answer_reader::must_wait() const {
    const state& self = *state_;
    const std::string_view held{self.buffer.data() + self.begin, self.end - self.begin};
    return held.size() == last_chunk_line.size() + 1 && held.starts_with(last_chunk_line) &&
           self.parser->is_header_done() && self.parser->chunked();
}

answer_reader::step answer_reader::parse() {
    state& self = *state_;
    while (self.begin < self.end) {
        if (must_wait()) return step::more;
        error_code error;
        self.begin += self.parser->put({self.buffer.data() + self.begin, self.end - self.begin}, error);
        if (error == http::error::need_more) {
            if (self.end - self.begin >= largest_buffer) return fail("the answer has a line without end");
            return step::more;
        }
        if (error == http::error::body_limit) {
            return fail("the answer's body is larger than " + std::to_string(self.body_limit) + " bytes");
        }
        if (error == http::error::header_limit) {
            return fail("the answer's headers are larger than " + std::to_string(header_limit) + " bytes");
        }
        if (error && !self.parser->refusal().empty()) return fail("the answer is refused: " + self.parser->refusal());
        if (error) return fail("the answer is not valid HTTP: " + error.message());
        if (!self.parser->is_done()) return step::more;
        if (self.answer.status >= 200) return step::whole;
        if (++self.interim > interim_limit) return fail("the answer announces itself without end");
        self.answer = {};
        self.parser.emplace(self.answer, self.body_limit);
    }
    return step::more;
}

answer_reader::step answer_reader::ended() {
    state& self = *state_;
    if (self.parser->got_some()) {
        error_code error;
        self.parser->put_eof(error);
        if (!error) return step::whole;
    }
    cut_off();
    return step::broken;
}

void answer_reader::cut_off() {
    (void)fail("the answer broke off " + state_->parser->progress());
}

answer_reader::step answer_reader::fail(std::string why) {
    state_->fault = std::move(why);
    return step::broken;
}

bool answer_reader::begun() const {
    return state_->begun;
}

bool answer_reader::reusable() const {
    return state_->parser->keep_alive() && state_->begin == state_->end;
}

const std::string& answer_reader::fault() const {
    return state_->fault;
}

incoming answer_reader::take() {
    std::string& body = state_->answer.body;
    if (body.capacity() - body.size() < padding) body.reserve(body.size() + padding);
    return std::move(state_->answer);
}

}  // namespace rollcall::adapters
