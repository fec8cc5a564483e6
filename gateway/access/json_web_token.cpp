// Taking tokens apart.
#include "gateway/access/json_web_token.hpp"

#include "base/base64.hpp"
#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace rollcall::gateway {
namespace {

using normalizers::token;

constexpr double end_of_9999_s = 253'402'300'800;

/// The kinds of tokens that are for an API: unnamed ones, and access tokens (RFC 9068, section 2.1).
constexpr std::string_view accepted_types[] = {"jwt", "at+jwt", "application/jwt", "application/at+jwt"};

struct token_parts {
    std::string_view header;
    std::string_view claims;
    std::string_view signature;
};

std::optional<token_parts> split(std::string_view text) {
    const auto first = text.find('.');
    if (first == std::string_view::npos) return std::nullopt;
    const auto second = text.find('.', first + 1);
    if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return std::nullopt;
    return token_parts{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

std::optional<json_object> object_of(normalizers::reader& reader, std::string_view part) {
    const auto text = from_base64url(part);
    return text ? json_object::read(reader, *text) : std::nullopt;
}

bool is_accepted_type(const json_object& header) {
    const auto* const type = header.find("typ");
    if (type == nullptr) return true;
    const auto text = text_of(*type);
    return text && std::ranges::any_of(accepted_types, [&](std::string_view accepted) {
               return equals_ignoring_case(*text, accepted);
           });
}

}  // namespace

std::optional<json_web_token> json_web_token::read(normalizers::reader& reader, std::string_view text) {
    if (text.size() > longest) return std::nullopt;
    const auto parts = split(text);
    if (!parts) return std::nullopt;
    const auto header = object_of(reader, parts->header);
    if (!header || header->find("crit") != nullptr || !is_accepted_type(*header)) return std::nullopt;
    const auto* const named = header->find("alg");
    const auto name = named == nullptr ? std::nullopt : text_of(*named);
    const auto algorithm = name ? algorithm_named(*name) : std::nullopt;
    if (!algorithm) return std::nullopt;
    std::optional<std::string> key;
    if (const auto* const id = header->find("kid")) {
        key = text_of(*id);
        if (!key) return std::nullopt;
    }
    auto claims = object_of(reader, parts->claims);
    auto signature = from_base64url(parts->signature);
    if (!claims || !signature || signature->empty()) return std::nullopt;
    const auto signed_part = text.substr(0, parts->header.size() + 1 + parts->claims.size());
    return json_web_token{*algorithm, std::move(key), *std::move(claims), signed_part, *std::move(signature)};
}

std::optional<token_time> time_of(const normalizers::member& claim) {
    if (claim.kind != token::number) return std::nullopt;
    double seconds = 0;
    const char* const end = claim.raw.data() + claim.raw.size();
    const auto [stopped, error] = std::from_chars(claim.raw.data(), end, seconds);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    if (!(seconds >= 0 && seconds < end_of_9999_s)) return std::nullopt;
    constexpr double milliseconds_in_s = 1000;
    return token_time{std::chrono::milliseconds{static_cast<std::int64_t>(std::floor(seconds * milliseconds_in_s))}};
}

bool has_scope(const json_object& claims, std::string_view scope) {
    const auto* const claim = claims.find("scope");
    const auto text = claim == nullptr ? std::nullopt : text_of(*claim);
    if (!text) return false;
    for (std::string_view rest{*text}; !rest.empty();) {
        const auto one = rest.substr(0, rest.find(' '));
        if (one == scope) return true;
        rest.remove_prefix(std::min(one.size() + 1, rest.size()));
    }
    return false;
}

}  // namespace rollcall::gateway
