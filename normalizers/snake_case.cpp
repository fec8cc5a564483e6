// Renaming members while their object is copied.
#include "normalizers/snake_case.hpp"

#include "base/json_text.hpp"
#include "normalizers/checked_json.hpp"
#include "normalizers/scalar.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace rollcall::normalizers {
namespace {

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

/// A small letter, a digit, or a part of what is not ASCII: a capital behind it begins a word.
bool is_small(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
}

/// Does the capital at `at` begin a word: `R` in `avgResponse`, `S` in `HTTPServer`?
bool begins_word(std::string_view name, std::size_t at) {
    if (at == 0) return false;
    if (is_small(name[at - 1])) return true;
    const bool small_behind = at + 1 < name.size() && name[at + 1] >= 'a' && name[at + 1] <= 'z';
    return is_upper(name[at - 1]) && small_behind;
}

class renaming {
  public:
    explicit renaming(std::string& out) : out_(out) {}

    void members(checked_json& json, std::span<const std::string_view> without) {
        std::set<std::string, std::less<>> names;
        bool first = true;
        for (bool more = json.enter(); more; more = json.next()) {
            std::string sent;
            append_unescaped(sent, json.name());
            const auto [name, is_new] = names.insert(snake_case(sent));
            if (!is_new || std::ranges::find(without, *name) != without.end()) {
                json.value();
                continue;
            }
            if (!std::exchange(first, false)) out_ += ',';
            append_json_string(out_, *name);
            out_ += ':';
            value(json);
        }
    }

  private:
    void value(checked_json& json) {
        switch (json.kind()) {
            case token::object:
                out_ += '{';
                members(json, {});
                out_ += '}';
                break;
            case token::array:
                out_ += '[';
                elements(json);
                out_ += ']';
                break;
            default:
                out_ += json.value();
        }
    }

    void elements(checked_json& json) {
        bool first = true;
        for (bool more = json.enter(); more; more = json.next()) {
            if (!std::exchange(first, false)) out_ += ',';
            value(json);
        }
    }

    std::string& out_;
};

}  // namespace

std::string snake_case(std::string_view name) {
    std::string snake;
    for (std::size_t at = 0; at < name.size(); ++at) {
        const char c = name[at];
        if (c == '-' || c == '.' || c == ' ') {
            if (!snake.ends_with('_')) snake += '_';
        } else if (is_upper(c)) {
            if (begins_word(name, at)) snake += '_';
            snake += static_cast<char>(c | 0x20);
        } else {
            snake += c;
        }
    }
    return snake;
}

void append_members_in_snake_case(std::string& out, std::string_view object,
                                  std::span<const std::string_view> without) {
    checked_json json{object};
    renaming{out}.members(json, without);
}

}  // namespace rollcall::normalizers
