// The routing table: taking templates apart, and finding the one that a path fits.
#include "gateway/http/router.hpp"

#include "gateway/http/percent_encoding.hpp"

#include <algorithm>

namespace rollcall::gateway {
namespace {

constexpr std::string_view record_placeholder = "{id}";

const handler* handler_of(const route& route, method method) {
    const auto wanted = method == method::head ? method::get : method;
    const auto found = std::find_if(route.handlers.begin(), route.handlers.end(),
                                    [&](const auto& entry) { return entry.first == wanted; });
    return found == route.handlers.end() ? nullptr : &found->second;
}

}  // namespace

router::router(std::vector<route> routes) : routes_(std::move(routes)) {
    for (const route& route : routes_) {
        const std::string_view path = route.path;
        const auto at = path.find(record_placeholder);
        if (at == std::string_view::npos) {
            patterns_.push_back({path, {}, false});
        } else {
            patterns_.push_back({path.substr(0, at), path.substr(at + record_placeholder.size()), true});
        }
    }
}

match router::find(method method, std::string_view path) const {
    match result;
    for (std::size_t index = 0; index < routes_.size(); ++index) {
        const pattern& pattern = patterns_[index];
        std::string_view record;
        if (!pattern.has_record) {
            if (path != pattern.before) continue;
        } else {
            if (path.size() <= pattern.before.size() + pattern.after.size()) continue;
            if (!path.starts_with(pattern.before) || !path.ends_with(pattern.after)) continue;
            record = path.substr(pattern.before.size(), path.size() - pattern.before.size() - pattern.after.size());
            if (record.find('/') != std::string_view::npos) continue;
        }
        result.found = &routes_[index];
        result.handler = handler_of(routes_[index], method);
        result.malformed = !decode_percent(record, plus_sign::plus, result.record);
        return result;
    }
    result.malformed = !decode_percent(path, plus_sign::plus, result.record);
    result.record.clear();
    return result;
}

std::string router::allow(const route& route) {
    std::string allowed;
    const auto add = [&](method method) {
        if (!allowed.empty()) allowed += ", ";
        allowed += name_of(method);
    };
    for (const auto& [method, handler] : route.handlers) {
        add(method);
        if (method == method::get) add(method::head);
    }
    return allowed;
}

}  // namespace rollcall::gateway
