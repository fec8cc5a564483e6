// Taking a chunked body apart, strictly (RFC 9112, section 7.1). Own code, because Beast's parser lets chunk extensions
// grow without limit and only works behind its own parse of the head.
#pragma once

#include "gateway/http/request_line.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// A state machine over the bytes of one body. Extensions and trailers are checked and dropped.
class chunked_decoder {
  public:
    enum class verdict : std::uint8_t { more, complete, failed };

    /// `body_bytes` bounds the body, `trailer_bytes` the trailer section.
    chunked_decoder(std::size_t body_bytes, std::size_t trailer_bytes)
        : body_bytes_(body_bytes), trailer_bytes_(trailer_bytes) {}

    /// Appends to `body` what `input` holds of it; `consumed` tells how much of `input` belonged to this body.
    [[nodiscard]] verdict feed(std::string_view input, std::string& body, std::size_t& consumed);

    [[nodiscard]] const head_fault& fault() const { return fault_; }

  private:
    enum class state : std::uint8_t {
        size_first,
        size,
        extension_name_first,
        extension_name,
        extension_value_first,
        extension_value,
        extension_quoted,
        extension_escaped,
        extension_quoted_end,
        size_feed,
        data,
        data_return,
        data_feed,
        trailer_first,
        trailer_name,
        trailer_value,
        trailer_feed,
        last_feed,
        complete,
        failed,
    };

    state step(char byte);
    state after_size_digit(char byte);
    state step_extension(char byte);
    state after_extension_part(char byte);
    state step_trailer(char byte);
    state begin_data();
    state fail(problem_code code, std::string_view detail);

    std::size_t body_bytes_;
    std::size_t trailer_bytes_;
    std::size_t extension_bytes_ = 0;  ///< of all chunks together
    std::size_t decoded_ = 0;          ///< announced by the chunk sizes so far
    std::uint64_t chunk_left_ = 0;
    unsigned size_digits_ = 0;
    state state_ = state::size_first;
    head_fault fault_{};
};

}  // namespace rollcall::gateway
