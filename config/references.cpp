// `${NAME}` and `${NAME:-default}` in the configuration's scalars.
#include "config/references.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace rollcall::config {
namespace {

// No UTF-8 holds these bytes, and no escape of YAML makes them, so they can stand in for the braces.
constexpr char masked_open = '\xf8';
constexpr char masked_close = '\xf9';

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
constexpr std::string_view letters_and_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

/// What YAML gives a meaning to within a map or list on one line: a default that holds it must stand in quotes.
constexpr std::string_view structural = "{}[],\"'# \t\r\n";

struct reference {
    std::string_view name;
    std::optional<std::string_view> fallback;
    std::size_t length = 0;  ///< from `$` to `}`
};

/// The reference that `text` begins with, if its `${` is followed by a name and closed.
std::optional<reference> read_reference(std::string_view text) {
    reference result;
    const auto inside = text.substr(2);
    const std::size_t name = std::min(inside.find_first_not_of(letters_and_digits), inside.size());
    if (name == 0 || letters.find(inside.front()) == std::string_view::npos) return std::nullopt;
    result.name = inside.substr(0, name);
    auto rest = inside.substr(name);
    const std::size_t close = rest.find('}');
    if (close == std::string_view::npos) return std::nullopt;
    if (rest.starts_with(":-")) {
        result.fallback = rest.substr(2, close - 2);
    } else if (close != 0) {
        return std::nullopt;
    }
    result.length = 2 + name + close + 1;
    return result;
}

bool is_plain(const reference& found) {
    return !found.fallback || found.fallback->find_first_of(structural) == std::string_view::npos;
}

}  // namespace

std::string mask_references(std::string_view text) {
    std::string masked{text};
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", at + 2)) {
        const auto found = read_reference(text.substr(at));
        if (!found || !is_plain(*found)) continue;
        masked[at + 1] = masked_open;
        masked[at + found->length - 1] = masked_close;
    }
    return masked;
}

std::string unmask_references(std::string_view text) {
    std::string plain{text};
    std::replace(plain.begin(), plain.end(), masked_open, '{');
    std::replace(plain.begin(), plain.end(), masked_close, '}');
    return plain;
}

expansion expand_references(std::string_view text, const yaml::document::environment& variables) {
    expansion result;
    std::size_t done = 0;
    for (std::size_t at = text.find("${"); at != std::string_view::npos; at = text.find("${", done)) {
        result.text += text.substr(done, at - done);
        if (at > done && text[at - 1] == '$') {
            result.text += '{';  // the first `$` of `$${` is written already
            done = at + 2;
            continue;
        }
        const auto found = read_reference(text.substr(at));
        if (!found) {
            result.problem = "expected ${NAME} or ${NAME:-default}; a literal ${ is written $${";
            return result;
        }
        const auto set = variables(std::string{found->name});
        if (found->fallback && (!set || set->empty())) {
            result.text += *found->fallback;
        } else if (set) {
            result.text += *set;
        } else {
            result.problem = fmt::format("the environment variable {} is not set", found->name);
            return result;
        }
        done = at + found->length;
    }
    result.text += text.substr(done);
    return result;
}

}  // namespace rollcall::config
