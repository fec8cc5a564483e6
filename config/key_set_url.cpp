// URLs of key sets: a base URL, and a query behind it.
#include "config/key_set_url.hpp"

#include "config/base_url.hpp"
#include "config/syntax.hpp"

#include <algorithm>

namespace rollcall::config {
namespace {

/// RFC 3986, section 3.4: what a path may hold, and question marks.
bool is_query(std::string_view text) {
    std::string rest{text};
    std::erase(rest, '?');
    return is_url_path(rest);
}

}  // namespace

std::string key_set_url_problem(std::string_view url) {
    const auto mark = std::min(url.find('?'), url.size());
    const auto base = url.substr(0, mark);
    if (std::string problem = base_url_problem(base); !problem.empty()) return problem;
    if (url.find('#') != std::string_view::npos) return "must not have a fragment";
    if (!is_query(url.substr(std::min(mark + 1, url.size()))))
        return "must have a plain query, percent-encoded where needed";
    const auto parts = parse_base_url(base);
    if (!parts->tls && !is_loopback({parts->host, 0}))
        return "must begin with https://, or name a literal address of loopback, such as 127.0.0.1";
    return {};
}

key_set_url parse_key_set_url(std::string_view url) {
    const auto mark = std::min(url.find('?'), url.size());
    const auto parts = parse_base_url(url.substr(0, mark));
    const auto host = url.find("//") + 2;
    const auto path = url.find('/', host);
    std::string target = path < mark ? std::string{url.substr(path)} : '/' + std::string{url.substr(mark)};
    return {parts->tls, parts->host, parts->port, std::move(target)};
}

}  // namespace rollcall::config
