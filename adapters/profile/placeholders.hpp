// `{name}` and `{+name}` in the paths and queries of a profile.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::adapters {

/// A piece of a template: text as it is, or the name of what is to be filled in.
struct piece {
    enum class kind : unsigned char {
        text,     ///< as it stands
        segment,  ///< `{name}`: percent-encoded, so that it stays one segment or one query value
        path,     ///< `{+name}`: slashes stay (RFC 6570, 3.2.3)
    };
    piece::kind is = kind::text;
    std::string text;  ///< the text, or the name
};

/// Takes a template apart; empty: a brace has no partner, or what stands in it is no name (`[a-z][a-z0-9_]{0,31}`).
[[nodiscard]] std::optional<std::vector<piece>> parse_template(std::string_view text);

/// Whether `text` may name a parameter.
[[nodiscard]] bool is_placeholder_name(std::string_view text);

/// What is wrong with a path once its placeholders have these values, and with which of them; both empty: nothing.
/// A name without a value is taken for a good one.
struct path_problem {
    std::string parameter;  ///< empty: the path itself
    std::string what;
};
[[nodiscard]] path_problem check_path(const std::vector<piece>& path, const std::map<std::string, std::string>& values);

}  // namespace rollcall::adapters
