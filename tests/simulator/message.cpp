// Reading of request targets, and lookups in a request.
#include "tests/simulator/message.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>

namespace rollcall::simulator {

std::string_view request::header_value(std::string_view name) const {
    const auto found = std::find_if(headers.begin(), headers.end(), [&](const header& h) { return h.name == name; });
    return found == headers.end() ? std::string_view{} : std::string_view{found->value};
}

std::optional<std::string> request::parameter(std::string_view name) const {
    const auto found = std::find_if(query.begin(), query.end(), [&](const auto& pair) { return pair.first == name; });
    if (found == query.end()) return std::nullopt;
    return found->second;
}

bool request::path_is(std::initializer_list<std::string_view> expected) const {
    return std::equal(segments.begin(), segments.end(), expected.begin(), expected.end());
}

bool read_target(request& request) {
    const auto parsed = boost::urls::parse_origin_form(request.target);
    if (!parsed) return false;
    request.segments.clear();
    request.query.clear();
    for (const auto& segment : parsed->segments())
        request.segments.emplace_back(segment);
    for (const auto& parameter : parsed->params()) {
        request.query.emplace_back(std::string{parameter.key}, std::string{parameter.value});
    }
    return true;
}

std::string_view phrase_of(unsigned status) {
    switch (status) {
        case 200:
            return "OK";
        case 201:
            return "Created";
        case 204:
            return "No Content";
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
        case 409:
            return "Conflict";
        case 422:
            return "Unprocessable Entity";
        case 429:
            return "Too Many Requests";
        case 500:
            return "Internal Server Error";
        case 502:
            return "Bad Gateway";
        case 503:
            return "Service Unavailable";
        case 504:
            return "Gateway Timeout";
        default:
            return status < 400 ? "OK" : "Error";
    }
}

}  // namespace rollcall::simulator
