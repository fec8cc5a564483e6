// What names, addresses and URLs must look like; the loaders of the configuration and of profiles share it.
#pragma once

#include "config/settings.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace rollcall::config {

/// `[a-z][a-z0-9-]{0,31}`: names of providers and profiles.
[[nodiscard]] bool is_name(std::string_view text);
inline constexpr std::string_view name_rule =
    "must be a lower-case letter and then at most 31 lower-case letters, digits or hyphens";

/// `127.0.0.1:8080` or `[::1]:8080`; empty: neither.
[[nodiscard]] std::optional<address> parse_address(std::string_view text);

/// Is it an address that only this machine reaches: 127.0.0.0/8 or ::1?
[[nodiscard]] bool is_loopback(const address& address);

/// What is wrong with `http(s)://host[:port][/prefix]`, without showing it; empty: nothing.
[[nodiscard]] std::string base_url_problem(std::string_view url);

/// Whether all of `path` may stand in a URL's path as it is (RFC 3986: pchar and `/`), percent signs with two digits.
[[nodiscard]] bool is_url_path(std::string_view path);

/// Whether a segment of `path` is empty (the last may be), `.` or `..`, which servers and proxies read differently.
[[nodiscard]] bool has_odd_segment(std::string_view path);

/// What keys are written with: RFC 4648, section 6, in lower case. Each letter stands for five bits.
inline constexpr std::string_view key_alphabet = "abcdefghijklmnopqrstuvwxyz234567";

/// The place of `letter` in the alphabet, the alphabet's size if it is not there. Looked up and not compared, because a
/// processor that has seen a key before is quicker at comparing it, and would tell that.
[[nodiscard]] unsigned key_letter_value(char letter);

/// How the key of a client begins: `rc_` and ten letters. By that part, which is no secret, it is found and named.
[[nodiscard]] bool is_key_prefix(std::string_view text);
inline constexpr std::string_view key_mark = "rc_";
inline constexpr std::size_t key_prefix_length = 13;

/// How the key begins that `text` is, or may be; empty: it begins as none does.
[[nodiscard]] std::string_view prefix_of_key(std::string_view text);

/// How the JSON Web Tokens begin that clients show: as `{"` does in base64url.
inline constexpr std::string_view token_mark = "eyJ";

/// `text` with the secret of every key, and all of every token but its mark, that stands in it replaced by `***`.
[[nodiscard]] std::string without_keys(std::string_view text);

}  // namespace rollcall::config
