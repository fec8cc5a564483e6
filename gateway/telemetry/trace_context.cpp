// W3C trace context: `version-trace_id-parent_id-flags`, each in lower-case hexadecimal.
#include "gateway/telemetry/trace_context.hpp"

#include "gateway/http/identifiers.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

constexpr std::size_t trace_id_at = 3;
constexpr std::size_t trace_id_size = 32;
constexpr std::size_t parent_id_at = trace_id_at + trace_id_size + 1;
constexpr std::size_t parent_id_size = 16;
constexpr std::size_t flags_at = parent_id_at + parent_id_size + 1;
constexpr std::size_t traceparent_size = flags_at + 2;

bool is_lower_hex(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char byte) { return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f'); });
}

bool is_zero(std::string_view text) {
    return text.find_first_not_of('0') == std::string_view::npos;
}

}  // namespace

std::optional<trace_context> read_traceparent(std::string_view value) {
    if (value.size() < traceparent_size) return std::nullopt;
    if (value[trace_id_at - 1] != '-' || value[parent_id_at - 1] != '-' || value[flags_at - 1] != '-')
        return std::nullopt;

    const auto version = value.substr(0, trace_id_at - 1);
    if (!is_lower_hex(version) || version == "ff") return std::nullopt;
    if (version == "00" && value.size() != traceparent_size) return std::nullopt;
    if (value.size() > traceparent_size && value[traceparent_size] != '-') return std::nullopt;

    const trace_context context{value.substr(trace_id_at, trace_id_size), value.substr(flags_at, 2)};
    const auto parent_id = value.substr(parent_id_at, parent_id_size);
    if (!is_lower_hex(context.trace_id) || is_zero(context.trace_id)) return std::nullopt;
    if (!is_lower_hex(parent_id) || is_zero(parent_id)) return std::nullopt;
    if (!is_lower_hex(context.flags)) return std::nullopt;
    return context;
}

void write_traceparent(std::string& out, const trace_context& context, std::uint64_t span_id) {
    out.assign("00-");
    out += context.trace_id;
    out += '-';
    append_hex(out, span_id == 0 ? 1 : span_id);  // all zero means none
    out += '-';
    out += context.flags;
}

std::string_view trace_id_of(std::string_view traceparent) {
    return traceparent.size() < traceparent_size ? std::string_view{} : traceparent.substr(trace_id_at, trace_id_size);
}

}  // namespace rollcall::gateway
