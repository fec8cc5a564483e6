// The Link header (RFC 8288): finding the next page's address, and keeping it within its origin.
#include "adapters/paging/link.hpp"

#include "base/text.hpp"

#include <boost/url.hpp>

#include <algorithm>

namespace rollcall::adapters {
namespace {

/// Takes `text` up to the first `end` that stands outside quotes off its front; the end itself goes too.
std::string_view take_until(std::string_view& text, char end) {
    bool quoted = false;
    std::size_t at = 0;
    for (; at < text.size() && (quoted || text[at] != end); ++at) {
        if (text[at] == '"') quoted = !quoted;
        if (quoted && text[at] == '\\') ++at;
    }
    at = std::min(at, text.size());
    const std::string_view taken = text.substr(0, at);
    text.remove_prefix(std::min(at + 1, text.size()));
    return taken;
}

/// The value of the parameter `rel=…`, which may be quoted; empty where `parameter` is another.
std::optional<std::string_view> relations_in(std::string_view parameter) {
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos || !equals_ignoring_case(trimmed(parameter.substr(0, equals)), "rel"))
        return std::nullopt;
    std::string_view relations = trimmed(parameter.substr(equals + 1));
    if (relations.size() >= 2 && relations.front() == '"' && relations.back() == '"') {
        relations = relations.substr(1, relations.size() - 2);
    }
    return relations;
}

/// Is `next` among the relations of a link with these parameters? Only the first `rel` counts (RFC 8288, 3.3).
bool says_next(std::string_view parameters) {
    while (!parameters.empty()) {
        auto relations = relations_in(trimmed(take_until(parameters, ';')));
        if (!relations) continue;
        while (!relations->empty()) {
            if (equals_ignoring_case(take_until(*relations, ' '), "next")) return true;
        }
        return false;
    }
    return false;
}

}  // namespace

std::optional<std::string_view> next_link(std::string_view header) {
    while (!(header = trimmed(header)).empty()) {
        if (header.front() != '<') {
            take_until(header, ',');
            continue;
        }
        const auto close = header.find('>');
        if (close == std::string_view::npos) return header;
        const std::string_view target = header.substr(1, close - 1);
        header.remove_prefix(close + 1);
        if (says_next(take_until(header, ','))) return target;
    }
    return std::nullopt;
}

std::optional<std::string> same_origin_target(std::string_view origin, std::string_view target,
                                              std::string_view reference) {
    const std::string asked = std::string{origin} + std::string{target};  // what is parsed are views into it
    const auto base = boost::urls::parse_uri(asked);
    const auto relative = boost::urls::parse_uri_reference(reference);
    if (!base || !relative) return std::nullopt;
    boost::urls::url resolved;
    if (!boost::urls::resolve(*base, *relative, resolved)) return std::nullopt;
    resolved.normalize_scheme();
    const std::uint16_t own_port = resolved.scheme() == "https" ? 443 : 80;
    const auto port_of = [own_port](const auto& url) { return url.port().empty() ? own_port : url.port_number(); };
    const bool same = resolved.scheme() == base->scheme() &&
                      equals_ignoring_case(resolved.encoded_host(), base->encoded_host()) &&
                      port_of(resolved) == port_of(*base) && !resolved.has_userinfo();
    if (!same) return std::nullopt;
    std::string found{resolved.encoded_path()};
    if (found.empty() || found.front() != '/') return std::nullopt;
    if (resolved.has_query()) found += "?" + std::string{resolved.encoded_query()};
    return found;
}

}  // namespace rollcall::adapters
