// The strict reading of a head: lines, fields, Host, and how the body is framed.
#include "gateway/http/head_check.hpp"

#include "gateway/http/text.hpp"

#include <limits>

namespace rollcall::gateway {
namespace {

head_fault malformed(std::string_view detail) {
    return {problem_code::malformed_request, detail};
}

/// What the fields say together; filled field by field.
struct findings {
    std::optional<std::string_view> host;
    std::optional<std::string_view> content_length;
    std::optional<std::string_view> transfer_encoding;
    bool close = false;
    bool keep_alive = false;
    bool other_expectation = false;
};

/// Keeps the only value of a field; false for a second one.
bool keep_only(std::optional<std::string_view>& slot, std::string_view value) {
    if (slot) return false;
    slot = value;
    return true;
}

/// Calls `use` with each trimmed element of a comma-separated list, empty ones too.
template<class Use>
void for_each_element(std::string_view list, Use use) {
    for (;;) {
        const auto comma = list.find(',');
        use(trimmed(list.substr(0, comma)));
        if (comma == std::string_view::npos) return;
        list.remove_prefix(comma + 1);
    }
}

/// Whether `name` is `wanted`, with underscores taken for hyphens as CGI-like peers take them.
bool looks_like(std::string_view name, std::string_view wanted) {
    if (name.size() != wanted.size()) return false;
    for (std::size_t at = 0; at < name.size(); ++at) {
        const char byte = name[at] == '_' ? '-' : lower(name[at]);
        if (byte != wanted[at]) return false;
    }
    return true;
}

std::optional<head_fault> note_framing_field(const header_field& field, std::string_view wanted,
                                             std::optional<std::string_view>& slot) {
    if (!looks_like(field.name, wanted)) return std::nullopt;
    if (!equals_ignoring_case(field.name, wanted)) return malformed("A field that frames the body is misspelt.");
    if (!keep_only(slot, field.value)) return malformed("A field that frames the body is there twice.");
    return std::nullopt;
}

std::optional<head_fault> note_field(const header_field& field, findings& found, request_head& out) {
    // The lengths of the names that matter differ, so that other fields cost one comparison.
    switch (field.name.size()) {
        case std::string_view("host").size():
            if (!equals_ignoring_case(field.name, "host")) break;
            if (!keep_only(found.host, field.value)) return malformed("There are two Host fields.");
            if (!is_authority(field.value)) return malformed("The Host field is not a host and port.");
            break;
        case std::string_view("expect").size():
            if (!equals_ignoring_case(field.name, "expect")) break;
            if (equals_ignoring_case(field.value, "100-continue")) {
                out.expects_continue = true;
            } else {
                found.other_expectation = true;
            }
            break;
        case std::string_view("connection").size():
            if (!equals_ignoring_case(field.name, "connection")) break;
            for_each_element(field.value, [&](std::string_view option) {
                if (equals_ignoring_case(option, "close")) found.close = true;
                if (equals_ignoring_case(option, "keep-alive")) found.keep_alive = true;
            });
            break;
        case std::string_view("content-length").size():
            return note_framing_field(field, "content-length", found.content_length);
        case std::string_view("transfer-encoding").size():
            return note_framing_field(field, "transfer-encoding", found.transfer_encoding);
        default:
            break;
    }
    return std::nullopt;
}

std::optional<head_fault> read_field(std::string_view line, header_field& out) {
    if (line.front() == ' ' || line.front() == '\t') return malformed("A header line begins with white space.");
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("A header line has no colon.");
    out.name = line.substr(0, colon);
    if (out.name.empty() || !all(text_class::token, out.name)) return malformed("A field's name is not a token.");
    out.value = trimmed(line.substr(colon + 1));
    if (!all(text_class::value, out.value)) return malformed("A field's value holds a control character.");
    return std::nullopt;
}

std::optional<head_fault> read_length(std::string_view digits, request_head& out) {
    const bool canonical = digits == "0" || (!digits.empty() && digits.front() != '0');
    if (!canonical) return malformed("Content-Length is not a plain decimal number.");
    std::uint64_t length = 0;
    for (const char digit : digits) {
        if (!is_digit(digit)) return malformed("Content-Length is not a plain decimal number.");
        constexpr auto largest = std::numeric_limits<std::int64_t>::max();
        if (length > static_cast<std::uint64_t>(largest - 9) / 10)
            return malformed("Content-Length is too large to be true.");
        length = length * 10 + static_cast<std::uint64_t>(digit - '0');
    }
    out.content_length = length;
    out.framing = length == 0 ? body_framing::none : body_framing::length;
    return std::nullopt;
}

bool is_known_coding(std::string_view name) {
    for (const std::string_view known : {"gzip", "x-gzip", "deflate", "compress", "x-compress"}) {
        if (equals_ignoring_case(name, known)) return true;
    }
    return false;
}

std::optional<head_fault> read_coding(std::string_view value, request_head& out) {
    if (equals_ignoring_case(value, "chunked")) {
        out.framing = body_framing::chunked;
        return std::nullopt;
    }
    bool last_is_chunked = false;
    bool known = true;
    for_each_element(value, [&](std::string_view coding) {
        known = known && !last_is_chunked;
        last_is_chunked = equals_ignoring_case(coding, "chunked");
        known = known && (last_is_chunked || is_known_coding(coding));
    });
    if (known && last_is_chunked) {
        return head_fault{problem_code::not_implemented, "Of the transfer codings only chunked is read here."};
    }
    return malformed("Transfer-Encoding is not one that ends in chunked.");
}

std::optional<head_fault> read_framing(const findings& found, request_head& out) {
    if (found.transfer_encoding) {
        if (found.content_length) return malformed("Content-Length and Transfer-Encoding exclude each other.");
        if (out.http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding.");
        return read_coding(*found.transfer_encoding, out);
    }
    if (found.content_length) return read_length(*found.content_length, out);
    return std::nullopt;
}

std::optional<head_fault> check_host(const findings& found, const request_line& line) {
    if (!found.host && !line.http_1_0) return malformed("There is no Host field.");
    if (found.host && !line.authority.empty() && !equals_ignoring_case(*found.host, line.authority)) {
        return malformed("The Host field and the target name different hosts.");
    }
    return std::nullopt;
}

/// Takes the first line off `rest`, without its CRLF; empty where there is none.
std::optional<std::string_view> take_line(std::string_view& rest) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos || end == 0 || rest[end - 1] != '\r') return std::nullopt;
    const auto line = rest.substr(0, end - 1);
    rest.remove_prefix(end + 1);
    return line;
}

}  // namespace

head_finder::verdict head_finder::look(std::string_view received) {
    if (begin_ == 0 && line_ == 0 && received.starts_with("\r\n")) begin_ = line_ = scanned_ = 2;
    for (;;) {
        const auto feed = received.find('\n', scanned_);
        if (feed == std::string_view::npos) return look_at_open_line(received);
        if (feed == line_ || received[feed - 1] != '\r') return fail(received, malformed("A line ends in a bare LF."));
        if (feed - 1 == line_) {
            if (line_ == begin_) return fail(received, malformed("The request begins with empty lines."));
            end_ = feed + 1;
            return end_ - begin_ > limits_.header_bytes ? fail_for_size(received) : verdict::complete;
        }
        line_ = scanned_ = feed + 1;
    }
}

/// What is wrong with the request line is told first, because of a head that comes slowly it is known first.
head_finder::verdict head_finder::fail(std::string_view received, head_fault fault) {
    fault_ = fault_of_request_line(received).value_or(fault);
    return verdict::failed;
}

/// Looks once at the request line when it is there; empty where nothing is wrong with it.
std::optional<head_fault> head_finder::fault_of_request_line(std::string_view received) {
    if (line_ == begin_ || line_checked_) return std::nullopt;
    line_checked_ = true;
    const auto head = received.substr(begin_);
    request_line line;
    return read_request_line(head.substr(0, head.find("\r\n")), limits_.uri_bytes, line);
}

/// The end of the head is not here yet: looks for what no further byte can mend.
head_finder::verdict head_finder::look_at_open_line(std::string_view received) {
    const auto from = scanned_ > line_ ? scanned_ - 1 : line_;
    const auto carriage_return = received.find('\r', from);
    if (carriage_return != std::string_view::npos && carriage_return + 1 < received.size()) {
        return fail(received, malformed("There is a CR without its LF."));
    }
    scanned_ = received.size();

    if (const auto fault = fault_of_request_line(received)) return fail(received, *fault);
    const auto head = received.substr(begin_);
    const bool first_line_is_open = line_ == begin_;
    const auto method_end = head.find(' ');
    if (first_line_is_open && std::min(method_end, head.size()) > longest_method) return fail_for_size(received);
    if (first_line_is_open && method_end < head.size() && head.size() - method_end > limits_.uri_bytes + 1 &&
        head.find(' ', method_end + 1) == std::string_view::npos) {
        return fail_for_size(received);
    }
    return head.size() > limits_.header_bytes ? fail_for_size(received) : verdict::more;
}

/// Names the part of the head that is too long.
head_finder::verdict head_finder::fail_for_size(std::string_view received) {
    const auto head = received.substr(begin_);
    const auto line = head.substr(0, head.find('\r'));
    const auto method_end = std::min(line.find(' '), line.size());
    if (method_end > longest_method)
        return fail(received, {problem_code::not_implemented, "The method is not known here."});
    const auto target = line.substr(std::min(method_end + 1, line.size()));
    if (std::min(target.find(' '), target.size()) > limits_.uri_bytes) {
        return fail(received, {problem_code::uri_too_long, "The target exceeds the limit."});
    }
    return fail(received, {problem_code::headers_too_large, "The head exceeds the limit."});
}

std::optional<head_fault> read_head(std::string_view block, const config::limits& limits, request_head& out) {
    out.fields.clear();
    auto line = take_line(block);
    if (!line) return malformed("The request line does not end in CRLF.");
    request_line first;
    if (auto fault = read_request_line(*line, limits.uri_bytes, first)) return fault;
    out.method = first.method;
    out.path = first.path;
    out.query = first.query;
    out.http_1_0 = first.http_1_0;
    out.expects_continue = false;
    out.framing = body_framing::none;
    out.content_length = 0;

    findings found;
    for (line = take_line(block); line && !line->empty(); line = take_line(block)) {
        header_field field;
        if (auto fault = read_field(*line, field)) return fault;
        if (out.fields.size() == limits.header_count) {
            return head_fault{problem_code::headers_too_large, "There are more header fields than the limit."};
        }
        if (auto fault = note_field(field, found, out)) return fault;
        out.fields.push_back(field);
    }
    if (!line) return malformed("A header line does not end in CRLF.");

    if (auto fault = check_host(found, first)) return fault;
    if (auto fault = read_framing(found, out)) return fault;
    if (out.http_1_0) {
        out.expects_continue = false;
    } else if (found.other_expectation) {
        return head_fault{problem_code::expectation_failed, "Only the expectation 100-continue can be met."};
    }
    out.keep_alive = !found.close && (!out.http_1_0 || found.keep_alive);
    return std::nullopt;
}

}  // namespace rollcall::gateway
