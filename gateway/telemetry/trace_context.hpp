// W3C trace context: reading a client's traceparent, and writing the one that goes on to the providers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// Views into the header that was read.
struct trace_context {
    std::string_view trace_id;  ///< 32 lower-case hexadecimal digits, not all zero
    std::string_view flags;     ///< 2 lower-case hexadecimal digits
};

/// Reads a traceparent (https://www.w3.org/TR/trace-context/, section 3.2). A later version is read by the fields of
/// version 00, as the standard asks; empty where the value is not valid.
[[nodiscard]] std::optional<trace_context> read_traceparent(std::string_view value);

/// Makes `out` a traceparent of version 00 in the same trace, with `span_id` as the parent.
void write_traceparent(std::string& out, const trace_context& context, std::uint64_t span_id);

/// The trace id of a valid traceparent; empty of an empty one.
[[nodiscard]] std::string_view trace_id_of(std::string_view traceparent);

}  // namespace rollcall::gateway
