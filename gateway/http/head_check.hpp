// The head of a request, read once and strictly: where it ends, and what it says. No sockets, no policy but the limits.
// There is no Beast behind it: a check of the raw block that knows method, target, every field and the framing has
// parsed the head already, and feeding it to a second, laxer parser could only disagree with it.
#pragma once

#include "config/settings.hpp"
#include "gateway/http/message.hpp"
#include "gateway/http/request_line.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// Where a head ends that arrives in pieces. It gives up as soon as the bytes can become no acceptable head, so that a
/// broken client hears of it at once and not after a timeout.
class head_finder {
  public:
    enum class verdict : std::uint8_t { more, complete, failed };

    explicit head_finder(const config::limits& limits) : limits_(limits) {}

    /// `received` is everything that came of this request so far; what an earlier call has seen must begin it
    /// unchanged.
    [[nodiscard]] verdict look(std::string_view received);

    [[nodiscard]] std::size_t begin() const { return begin_; }  ///< behind a leading empty line (RFC 9112, 2.2)
    [[nodiscard]] std::size_t end() const { return end_; }      ///< behind the empty line that ends the head
    [[nodiscard]] const head_fault& fault() const { return fault_; }

  private:
    verdict fail(std::string_view received, head_fault fault);
    std::optional<head_fault> fault_of_request_line(std::string_view received);
    verdict look_at_open_line(std::string_view received);
    verdict fail_for_size(std::string_view received);

    const config::limits& limits_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::size_t line_ = 0;     ///< where the line begins whose end was not seen yet
    std::size_t scanned_ = 0;  ///< everything before was looked at
    bool line_checked_ = false;
    head_fault fault_{};
};

enum class body_framing : std::uint8_t { none, length, chunked };

struct request_head {
    gateway::method method = method::get;
    std::string_view path;
    std::string_view query;
    std::vector<header_field> fields;  ///< in their order
    bool http_1_0 = false;
    bool keep_alive = true;         ///< what version and Connection ask for
    bool expects_continue = false;  ///< Expect: 100-continue; never with HTTP/1.0
    body_framing framing = body_framing::none;
    std::uint64_t content_length = 0;
};

/// Reads one head, from the request line to the empty line that ends it. Views in `out` are of `block`, or literals.
/// Whatever the block is, a head that two HTTP implementations could read differently is refused.
[[nodiscard]] std::optional<head_fault> read_head(std::string_view block, const config::limits& limits,
                                                  request_head& out);

}  // namespace rollcall::gateway
