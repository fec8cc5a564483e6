// What every answer that is a page, or was kept for a while, says of itself.
#pragma once

#include "gateway/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// Appends the member `page` of an envelope; an empty `next_cursor` says that there is no more.
void append_page(std::string& out, std::uint32_t limit, std::size_t count, std::string_view next_cursor);

/// Says how old the oldest part of the answer is (RFC 9111, 5.1).
void add_age(response& response, steady_clock::duration age);

}  // namespace rollcall::gateway
