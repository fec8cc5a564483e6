// JSON pointers as a profile writes them: `/data/agents`.
#include "adapters/profile/pointer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace rollcall::adapters {

using config::yaml::node;
using config::yaml::value;
using normalizers::json_pointer;

namespace {

constexpr std::size_t token_maximum = 16;

std::optional<std::string> unescape(std::string_view token) {
    std::string plain;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] != '~') {
            plain += token[i];
            continue;
        }
        ++i;
        if (i == token.size() || (token[i] != '0' && token[i] != '1')) return std::nullopt;
        plain += token[i] == '0' ? '~' : '/';
    }
    return plain;
}

}  // namespace

std::optional<json_pointer> parse_pointer(std::string_view text) {
    json_pointer pointer;
    if (text.empty()) return pointer;
    if (text.front() != '/') return std::nullopt;
    while (!text.empty()) {
        text.remove_prefix(1);
        const auto token = text.substr(0, text.find('/'));
        auto plain = unescape(token);
        if (!plain) return std::nullopt;
        pointer.push_back(std::move(*plain));
        text.remove_prefix(token.size());
    }
    return pointer;
}

bool read_pointer(const value& value, whole_value whole, json_pointer& out) {
    if (value.absent()) return false;
    std::string text;
    if (value.kind() != node::kind::scalar) {
        value.fault(fmt::format("expected a JSON pointer such as /data/agents, found {}", value.found()));
        return false;
    }
    if (!value.text(text)) return false;
    auto pointer = parse_pointer(text);
    if (!pointer) {
        value.fault(fmt::format("expected a JSON pointer such as /data/agents (with ~0 for ~ and ~1 for /), found {}",
                                value.found()));
    } else if (pointer->size() > token_maximum) {
        value.fault(fmt::format("a JSON pointer may have at most {} parts", token_maximum));
    } else if (pointer->empty() && whole == whole_value::refused) {
        value.fault("must point to a member; \"\" is the whole value");
    } else {
        out = std::move(*pointer);
        return true;
    }
    return false;
}

void read_pointer(const value& value, std::optional<json_pointer>& out) {
    json_pointer pointer;
    if (read_pointer(value, whole_value::refused, pointer)) out = std::move(pointer);
}

void read_pointers(const value& value, whole_value whole, std::vector<json_pointer>& out) {
    json_pointer pointer;
    if (value.kind() != node::kind::list) {
        if (read_pointer(value, whole, pointer)) out.push_back(std::move(pointer));
        return;
    }
    if (value.empty()) value.fault("must name at least one JSON pointer");
    for (const auto& entry : value.list()) {
        if (!read_pointer(entry, whole, pointer)) continue;
        if (std::find(out.begin(), out.end(), pointer) != out.end()) entry.fault("is named twice");
        out.push_back(std::move(pointer));
    }
}

}  // namespace rollcall::adapters
