// The head of an answer: reason phrases, Date, and the fields that every answer carries.
#include "gateway/http/answer_head.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <ctime>
#include <iterator>

namespace rollcall::gateway {
namespace {

std::string_view reason_of(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 202:
            return "Accepted";
        case 204:
            return "No Content";
        case 304:
            return "Not Modified";
        case 400:
            return "Bad Request";
        case 401:
            return "Unauthorized";
        case 403:
            return "Forbidden";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 406:
            return "Not Acceptable";
        case 408:
            return "Request Timeout";
        case 409:
            return "Conflict";
        case 410:
            return "Gone";
        case 413:
            return "Content Too Large";
        case 414:
            return "URI Too Long";
        case 415:
            return "Unsupported Media Type";
        case 417:
            return "Expectation Failed";
        case 422:
            return "Unprocessable Content";
        case 429:
            return "Too Many Requests";
        case 431:
            return "Request Header Fields Too Large";
        case 500:
            return "Internal Server Error";
        case 501:
            return "Not Implemented";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        case 505:
            return "HTTP Version Not Supported";
        default:
            return "";  // the phrase may be empty (RFC 9112, section 4)
    }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += value;
    out += "\r\n";
}

/// Section 3 and 4 of the draft that message.hpp names: lists of one item each.
void append_rate_limit(std::string& out, const rate_limit_state& state) {
    if (state.policy.empty()) return;
    append_field(out, "RateLimit-Policy: ", state.policy);
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("RateLimit: \"{}\";r={};t={}\r\n"), state.name, state.left,
                   state.next_in.count());
}

}  // namespace

std::string_view date_field::at(system_clock::time_point now) {
    const auto second = system_clock::to_time_t(now);
    if (second != second_) {
        second_ = second;
        std::tm parts{};
        gmtime_r(&second, &parts);
        // Written from the numbers, because the names in Date are English whatever the locale.
        constexpr std::string_view days = "SunMonTueWedThuFriSat";
        constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
        text_ = fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT",
                            days.substr(static_cast<std::size_t>(parts.tm_wday) * 3, 3), parts.tm_mday,
                            months.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3), parts.tm_year + 1900,
                            parts.tm_hour, parts.tm_min, parts.tm_sec);
    }
    return text_;
}

bool is_bodiless(unsigned status) {
    return status == 204 || status == 304;
}

void write_answer_head(std::string& out, const response& response, std::string_view request_id, std::string_view date,
                       connection_option connection) {
    out.clear();
    fmt::format_to(std::back_inserter(out), FMT_COMPILE("HTTP/1.1 {} {}\r\n"), response.status,
                   reason_of(response.status));
    if (!is_bodiless(response.status)) {
        if (!response.body.empty()) append_field(out, "Content-Type: ", response.content_type);
        append_field(out, "Content-Length: ", fmt::format_int(response.body.size()).c_str());
    }
    append_field(out, "Cache-Control: ", response.cache_control);
    append_field(out, "X-Request-Id: ", request_id);
    append_field(out, "Date: ", date);
    append_rate_limit(out, response.rate_limit);
    out += response.headers;
    if (connection == connection_option::close) append_field(out, "Connection: ", "close");
    if (connection == connection_option::keep_alive) append_field(out, "Connection: ", "keep-alive");
    out += "\r\n";
}

}  // namespace rollcall::gateway
