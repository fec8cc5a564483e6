// The typed getters over a file's tree. Making the tree is yaml_document.cpp.
#include "config/yaml.hpp"

#include "config/near_miss.hpp"
#include "config/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <simdjson.h>

#include <algorithm>
#include <map>

namespace rollcall::config::yaml {
namespace {

constexpr std::size_t shown_maximum = 60;

std::string joined(const std::string& path, std::string_view name) {
    return path.empty() ? on_one_line(name) : path + '.' + on_one_line(name);
}

}  // namespace

std::string on_one_line(std::string_view text) {
    std::string shown;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool begins_character = (byte & 0xc0) != 0x80;
        if (shown.size() >= shown_maximum && begins_character) return shown + "…";
        if (byte < 0x20 || byte == 0x7f) {
            shown += fmt::format("\\x{:02x}", byte);
        } else {
            shown += text[i];
        }
    }
    return shown;
}

std::string in_quotes(std::string_view text) {
    return '"' + on_one_line(text) + '"';
}

location value::where() const {
    if (!node_) return {};
    return {*file_, node_->line, node_->column};
}

bool value::empty() const {
    return (kind() == node::kind::list || kind() == node::kind::map) && node_->items.empty();
}

std::string value::found() const {
    switch (kind()) {
        case node::kind::nothing:
            return "nothing";
        case node::kind::list:
            return "a list";
        case node::kind::map:
            return "a map";
        case node::kind::scalar:
            break;
    }
    if (hidden_) return "a text";
    // What a variable holds is never shown, because it may be a secret that was put into the wrong place.
    const bool has_variable = node_->text != node_->written;
    return has_variable ? fmt::format("what {} stands for", in_quotes(node_->written)) : in_quotes(node_->written);
}

value value::hidden() const {
    value copy = *this;
    copy.hidden_ = true;
    return copy;
}

void value::fault(std::string what) const {
    if (node_) faults_->push_back({where(), path_, std::move(what)});
}

void value::missing(std::string_view name) const {
    if (node_) faults_->push_back({where(), joined(path_, name), "is missing"});
}

bool value::scalar(std::string_view expected) const {
    if (!node_) return false;
    if (node_->is != node::kind::scalar) {
        fault(fmt::format("expected {}, found {}", expected, found()));
        return false;
    }
    if (!node_->problem.empty()) {
        fault(node_->problem);
        return false;
    }
    return true;
}

bool value::text(std::string& out) const {
    if (!scalar("a text")) return false;
    const bool has_control = std::any_of(node_->text.begin(), node_->text.end(), [](char character) {
        const auto byte = static_cast<unsigned char>(character);
        return (byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f;
    });
    if (has_control) {
        fault("must not hold control characters");
        return false;
    }
    if (!simdjson::validate_utf8(node_->text)) {
        fault("must be valid UTF-8");
        return false;
    }
    out = node_->text;
    return true;
}

bool value::bytes(std::string& out) const {
    if (!scalar("a text")) return false;
    out = node_->text;
    return true;
}

bool value::boolean(bool& out) const {
    if (!scalar("true or false")) return false;
    if (node_->text != "true" && node_->text != "false") {
        fault(fmt::format("expected true or false, found {}", found()));
        return false;
    }
    out = node_->text == "true";
    return true;
}

std::optional<std::int64_t> value::whole_number(std::int64_t minimum, std::int64_t maximum) const {
    if (!scalar("a whole number")) return std::nullopt;
    const auto number = parse_whole(node_->text);
    if (!number) {
        fault(fmt::format("expected a whole number, found {}", found()));
    } else if (*number < minimum || *number > maximum) {
        fault(fmt::format("must be between {} and {}, found {}", minimum, maximum, found()));
    } else {
        return number;
    }
    return std::nullopt;
}

std::optional<std::chrono::milliseconds> value::milliseconds(std::chrono::milliseconds minimum,
                                                             std::chrono::milliseconds maximum,
                                                             std::chrono::milliseconds step) const {
    constexpr std::string_view expected = "a duration such as 250ms, 3s, 5m or 72h";
    if (!scalar(expected)) return std::nullopt;
    const auto duration = parse_duration(node_->text);
    if (!duration) {
        fault(fmt::format("expected {}, found {}", expected, found()));
    } else if (*duration < minimum || *duration > maximum) {
        fault(fmt::format("must be between {} and {}, found {}", format_duration(minimum), format_duration(maximum),
                          found()));
    } else if (*duration % step != std::chrono::milliseconds::zero()) {
        fault(fmt::format("must be a multiple of {}, found {}", format_duration(step), found()));
    } else {
        return duration;
    }
    return std::nullopt;
}

bool value::size(std::size_t& out, std::size_t minimum, std::size_t maximum) const {
    constexpr std::string_view expected = "a size such as 512B, 64KiB, 1MiB or 1GiB";
    if (!scalar(expected)) return false;
    const auto size = parse_size(node_->text);
    if (!size) {
        fault(fmt::format("expected {}, found {}", expected, found()));
        return false;
    }
    if (*size < minimum || *size > maximum) {
        fault(fmt::format("must be between {} and {}, found {}", format_size(minimum), format_size(maximum), found()));
        return false;
    }
    out = *size;
    return true;
}

std::optional<std::size_t> value::one_of(std::span<const std::string_view> names) const {
    const std::string expected = fmt::format("one of {}", fmt::join(names, ", "));
    if (!scalar(expected)) return std::nullopt;
    const auto name = std::find(names.begin(), names.end(), node_->text);
    if (name != names.end()) return static_cast<std::size_t>(name - names.begin());
    fault(fmt::format("expected {}, found {}", expected, found()));
    return std::nullopt;
}

value value::below(const node& at, std::string path) const {
    value result{&at, std::move(path), file_, faults_};
    result.hidden_ = hidden_;
    return result;
}

std::vector<value> value::list() const {
    std::vector<value> result;
    if (!node_) return result;
    if (node_->is != node::kind::list) {
        fault(fmt::format("expected a list, found {}", hidden().found()));
        return result;
    }
    for (const auto& item : node_->items)
        result.push_back(below(item, fmt::format("{}[{}]", path_, result.size())));
    return result;
}

std::vector<member> value::members() const {
    std::vector<member> result;
    if (!node_) return result;
    if (node_->is != node::kind::map) {
        fault(fmt::format("expected a map, found {}", hidden().found()));
        return result;
    }
    std::map<std::string_view, int> lines;
    for (std::size_t i = 0; i < node_->keys.size(); ++i) {
        const auto& key = node_->keys[i];
        const std::string path = hidden_ ? path_ : joined(path_, key.text);
        const auto [first, is_new] = lines.emplace(key.text, key.line);
        if (!is_new) {
            below(key, path).fault(fmt::format("is given twice, first in line {}", first->second));
            continue;
        }
        const auto& item = node_->items[i];
        result.push_back({key.text, below(key, path), below(item, joined(path_, key.text))});
    }
    return result;
}

members_of_map value::keys(std::initializer_list<std::string_view> known) const {
    return keys(std::span<const std::string_view>{known.begin(), known.size()});
}

members_of_map value::keys(std::span<const std::string_view> known) const {
    std::vector<member> result;
    for (auto& entry : members()) {
        if (std::find(known.begin(), known.end(), entry.name) == known.end()) {
            // A secret may stand where its key is missing, so that a hidden map's unknown key is not compared either.
            entry.key.fault("unknown key" + did_you_mean(hidden_ ? std::string_view{} : entry.name, known));
        } else {
            result.push_back(std::move(entry));
        }
    }
    return {*this, std::move(result)};
}

value members_of_map::operator[](std::string_view name) const {
    const auto found =
        std::find_if(members_.begin(), members_.end(), [&](const member& candidate) { return candidate.name == name; });
    return found == members_.end() ? value{} : found->of;
}

value members_of_map::require(std::string_view name) const {
    auto found = (*this)[name];
    if (found.absent() && map_.kind() == node::kind::map) map_.missing(name);
    return found;
}

}  // namespace rollcall::config::yaml
