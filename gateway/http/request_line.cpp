// The request line, strictly: one space between its parts, a known method, a clean target, HTTP/1.x.
#include "gateway/http/request_line.hpp"

#include "gateway/http/text.hpp"

namespace rollcall::gateway {
namespace {

constexpr std::string_view http2_preface = "PRI * HTTP/2.0";
constexpr unsigned largest_port = 65'535;

head_fault malformed(std::string_view detail) {
    return {problem_code::malformed_request, detail};
}

std::optional<head_fault> read_version(std::string_view version, request_line& out) {
    constexpr std::string_view shape = "HTTP/1.1";
    if (version.size() != shape.size() || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
        !is_digit(version[7])) {
        return malformed("The request line is not method, target and HTTP version with one space between them.");
    }
    if (version[5] == '0') return malformed("HTTP/0.x is not spoken here.");
    if (version[5] != '1') return head_fault{problem_code::http_version_not_supported, "Only HTTP/1.1 is spoken here."};
    out.http_1_0 = version[7] == '0';
    return std::nullopt;
}

void split_query(std::string_view target, request_line& out) {
    const auto mark = target.find('?');
    out.path = target.substr(0, mark);
    out.query = mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

/// `http://authority/path?query`; false where it is not that.
bool read_absolute_form(std::string_view target, request_line& out) {
    std::size_t scheme = 0;
    for (const std::string_view known : {std::string_view("http://"), std::string_view("https://")}) {
        if (equals_ignoring_case(target.substr(0, known.size()), known)) scheme = known.size();
    }
    if (scheme == 0) return false;
    const auto end = std::min(target.find_first_of("/?", scheme), target.size());
    out.authority = target.substr(scheme, end - scheme);
    split_query(target.substr(end), out);
    if (out.path.empty()) out.path = "/";
    return is_authority(out.authority);
}

bool is_port(std::string_view digits) {
    unsigned port = 0;
    for (const char digit : digits) {
        if (!is_digit(digit)) return false;
        port = port * 10 + static_cast<unsigned>(digit - '0');
        if (port > largest_port) return false;
    }
    return true;
}

}  // namespace

std::optional<head_fault> read_request_line(std::string_view line, std::size_t uri_bytes, request_line& out) {
    out = {};
    if (line.find('\r') != std::string_view::npos) return malformed("There is a CR without its LF.");
    if (line == http2_preface) return malformed("HTTP/2 is not spoken here.");
    const auto method_end = line.find(' ');
    const auto method = line.substr(0, method_end);
    if (method.size() > longest_method)
        return head_fault{problem_code::not_implemented, "The method is not known here."};
    if (method.empty() || !all(text_class::token, method)) return malformed("The method is not a token.");
    if (method_end == std::string_view::npos) return malformed("The request line has no target.");

    const auto target_end = line.find(' ', method_end + 1);
    if (target_end == std::string_view::npos) return malformed("The request line has no HTTP version.");
    const auto target = line.substr(method_end + 1, target_end - method_end - 1);
    if (target.size() > uri_bytes) return head_fault{problem_code::uri_too_long, "The target exceeds the limit."};
    if (target.empty()) return malformed("There is more than one space behind the method.");
    if (auto fault = read_version(line.substr(target_end + 1), out)) return fault;
    if (!all(text_class::target, target))
        return malformed("The target holds a character that must be percent-encoded.");

    out.method = method_of(method);
    if (out.method == method::other) return head_fault{problem_code::not_implemented, "The method is not known here."};
    if (target.front() == '/') {
        split_query(target, out);
        return std::nullopt;
    }
    if (target == "*" && out.method == method::options) {
        return head_fault{problem_code::not_implemented, "OPTIONS of the whole server is not offered."};
    }
    if (!read_absolute_form(target, out)) return malformed("The target is neither a path nor an absolute URI.");
    return std::nullopt;
}

bool is_authority(std::string_view text) {
    std::string_view rest;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos || end == 1) return false;
        for (const char byte : text.substr(1, end - 1)) {
            if (!is(text_class::hex_digit, byte) && byte != ':' && byte != '.') return false;
        }
        rest = text.substr(end + 1);
    } else {
        const auto end = std::min(text.find(':'), text.size());
        if (end == 0 || !all(text_class::reg_name, text.substr(0, end))) return false;
        rest = text.substr(end);
    }
    return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

}  // namespace rollcall::gateway
