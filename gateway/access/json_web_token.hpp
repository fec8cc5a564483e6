// A signed token (RFC 7519 in the compact form of RFC 7515) taken apart. Whose key it is signed with, and whether its
// claims are good, is decided elsewhere; nothing here is to be believed before that.
#pragma once

#include "gateway/access/json_object.hpp"
#include "gateway/access/json_web_key.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rollcall::gateway {

/// A moment of a token's (RFC 7519, section 2, NumericDate), rounded down.
using token_time = std::chrono::sys_time<std::chrono::milliseconds>;

struct json_web_token {
    /// Longer ones are none, whatever the limits of headers are.
    static constexpr std::size_t longest = 8 * 1024;

    signature_algorithm algorithm{};  ///< the header's `alg`: what it claims to be signed by
    std::optional<std::string> key;   ///< the header's `kid`
    json_object claims;
    std::string_view signed_part;  ///< of the text that was read
    std::string signature;

    /// Empty where `text` is not three parts in canonical base64url (RFC 4648, section 5), of which the first two are
    /// JSON objects with each name once; where the header's `alg` is none of ours, its `typ` that of another kind of
    /// token (RFC 8725, section 3.11), or its `kid` no string; and where it has `crit` (RFC 7515, section 4.1.11),
    /// since no extension is understood here. Keys that the header brings along or refers to are not looked at.
    [[nodiscard]] static std::optional<json_web_token> read(normalizers::reader& reader, std::string_view text);
};

/// The claim as a moment, empty where it is no number between 0 and the end of the year 9999.
[[nodiscard]] std::optional<token_time> time_of(const normalizers::member& claim);

/// Does the claim `scope` (RFC 8693, section 4.2) hold that one? What is no string holds none.
[[nodiscard]] bool has_scope(const json_object& claims, std::string_view scope);

}  // namespace rollcall::gateway
