// The head of an answer as bytes: status line and fields. What they say is decided by session and handlers.
#pragma once

#include "base/clock.hpp"
#include "gateway/http/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// The value of Date, made anew once a second.
class date_field {
  public:
    /// Valid until the next call.
    [[nodiscard]] std::string_view at(system_clock::time_point now);

  private:
    std::int64_t second_ = -1;
    std::string text_;
};

/// What the answer says of the connection; `unsaid` where the HTTP version's default holds.
enum class connection_option : std::uint8_t { unsaid, close, keep_alive };

/// Whether an answer of this status has no body, so that Content-Length is left out as well (RFC 9110, 8.6).
[[nodiscard]] bool is_bodiless(unsigned status);

/// Makes `out` the whole head of `response`, with the empty line that ends it.
void write_answer_head(std::string& out, const response& response, std::string_view request_id, std::string_view date,
                       connection_option connection);

}  // namespace rollcall::gateway
