// A JSON object from outside that must not be read in two ways: what a token and a key set are made of.
#pragma once

#include "normalizers/member.hpp"
#include "normalizers/read.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rollcall::gateway {

/// The members of one object, each name once (RFC 7519, section 4; RFC 7517, section 4).
class json_object {
  public:
    /// Empty where `text` is no valid JSON object in UTF-8, begins with a byte order mark, is nested deeper than 128,
    /// or has a name twice at its top.
    [[nodiscard]] static std::optional<json_object> read(normalizers::reader& reader, std::string_view text);

    /// Null where there is no member of that name; one that is `null` is there.
    [[nodiscard]] const normalizers::member* find(std::string_view name) const;

  private:
    explicit json_object(std::vector<normalizers::member> members) : members_(std::move(members)) {}

    std::vector<normalizers::member> members_;  ///< by name
};

/// What a string says. Empty where it is none, or holds U+FFFD: a lone surrogate has become one, so that two texts
/// that differ would be taken for the same.
[[nodiscard]] std::optional<std::string> text_of(const normalizers::member& member);

/// What an array of strings says; empty where it is none, or where one of them says nothing, as above.
[[nodiscard]] std::optional<std::vector<std::string>> texts_of(const normalizers::member& member);

/// The elements of an array as they are written, at most `most` of them; empty where it is none.
[[nodiscard]] std::optional<std::vector<std::string>> elements_of(const normalizers::member& member, std::size_t most);

}  // namespace rollcall::gateway
